"""Indic-Parler: Hindi, Marathi and English by a speaker described in words; its model in an environment of its own.

parler-tts pins versions of transformers and protobuf that other engines do not go with: the model is held by a worker
process of another interpreter, which Mercury starts and watches (`media.workers`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from media.audio.pcm import Pcm
from media.errors import EngineError, EngineUnavailableError
from media.needs import Need
from media.tts.paced import Pace, paced
from media.tts.parler_folder import parler_folder
from media.tts.parler_options import WorkerOptions
from media.tts.parler_voices import DEFAULT_VOICES, description
from media.tts.prepare import prepared
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, voice_for, within_limit
from media.workers.elsewhere import elsewhere
from media.workers.line import Rank
from media.workers.pool import PoolOptions, WorkerPool
from media.workers.process import ProcessOptions, WorkerProcess

ENVIRONMENT = ".venv-parler"
INSTALL = (
    f"python3 -m venv {ENVIRONMENT} && {ENVIRONMENT}/bin/python -m pip install parler-tts torch torchaudio "
    "(in Mercury's folder: tools/engines)"
)
_MODULE = "media.tts.parler_worker"
_MOST_CHARACTERS = 400
_LEAST_S, _CHARACTER_S = 3.0, 0.2
"""A text is given so long, and as much for each character: several times what anybody takes to say it."""
_LONGEST_BACK_OFF_S = 60.0


class Parler:
    """A synthesiser. One model, held by one worker process, speaking one text at a time.

    `model`: the model's folder. `python`: the interpreter that has parler-tts (by default .venv-parler's, beside where
    Mercury is started or installed, or this one). `description_tokenizer`: the folder of the text encoder's tokenizer
    (`description_tokenizer` within the model's). `voices`: language → a speaker's name, or a description in words.
    `device`: auto, cpu, cuda or cuda:1; `dtype`: auto, float32, bfloat16, float16; `attention`: transformers'
    attn_implementation. `cpu_threads` 0: torch's choice. `play_steps_s`: audio that a chunk has. `seed`: one that makes
    the same text sound the same each time. Seconds: `start_s` to load and warm, `first_audio_s` and `gap_s` as in
    `Pace`, `deadline_s` for a text with its waiting, `longest_s` of audio, `cancel_s` before a worker that goes on is
    killed.

    Raises `EngineUnavailableError`, with the remedy, without model or environment, and `ValueError` for options that
    can't be.
    """

    tags: frozenset[str] = frozenset()
    latin = True
    """English is one of its languages, and all have one tokenizer."""

    def __init__(
        self,
        *,
        name: str = "indic-parler",
        model: str,
        python: str = "",
        description_tokenizer: str = "",
        voices: Mapping[str, str] | None = None,
        device: str = "auto",
        dtype: str = "auto",
        attention: str = "",
        cpu_threads: int = 0,
        play_steps_s: float = 0.5,
        temperature: float = 1.0,
        seed: int | None = None,
        queue: int = 32,
        start_s: float = 180.0,
        first_audio_s: float = 4.0,
        gap_s: float = 4.0,
        deadline_s: float = 60.0,
        longest_s: float = 30.0,
        cancel_s: float = 5.0,
    ) -> None:
        for option, seconds in (("start_s", start_s), ("deadline_s", deadline_s), ("cancel_s", cancel_s)):
            if not seconds > 0:
                raise ValueError(f"expected {option} above 0, got {seconds!r}")
        self._name = name
        self._voices = {**DEFAULT_VOICES, **checked_voices(name, voices or DEFAULT_VOICES)}
        self._check_voices()
        self._folder = parler_folder(name, model, description_tokenizer)
        self._options = WorkerOptions(
            str(self._folder.path),
            str(self._folder.description_tokenizer),
            device,
            dtype,
            attention,
            cpu_threads,
            play_steps_s,
            temperature,
            seed,
        )
        self._first_audio_s, self._gap_s, self._deadline_s = first_audio_s, gap_s, deadline_s
        self._longest_s = longest_s
        Pace(first_audio_s, gap_s, longest_s)
        command = elsewhere(_interpreter(name, python), _MODULE, json.dumps(asdict(self._options)))
        process = ProcessOptions(start_s, _LONGEST_BACK_OFF_S)
        watched = PoolOptions(1, queue, deadline_s, cancel_s, gives_way=True, waits_for_restart=False, process=process)
        self._pool = WorkerPool(command, name, watched)

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self._name

    @property
    def languages(self) -> frozenset[str]:
        """Those that have a voice."""
        return frozenset(self._voices)

    @property
    def worker(self) -> WorkerProcess:
        """Its process."""
        return self._pool.workers[0]

    @property
    def need(self) -> Need:
        """See `ParlerFolder.need`."""
        return self._folder.need(self._options.device, self._options.dtype)

    async def start(self) -> None:
        """Start the worker, which loads the model and speaks. Raises `EngineUnavailableError` with the remedy."""
        await self._pool.start()

    async def close(self) -> None:
        """End the worker. Idempotent."""
        await self._pool.close()

    def fingerprint(self, speech: Speech) -> str:
        """Model, what it is told of the voice, and how it computes."""
        voice = speech.voice or self._voices.get(speech.language, "")
        with suppress(ValueError):
            voice = description(voice, speech.language, speech.speed)
        options = self._options
        sound = [self._folder.identity, voice, options.dtype, options.temperature, options.seed]
        return f"indic-parler {json.dumps(sound)}"

    def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Chunks as they are made. Raises `EngineError`, at once while the worker is away. Closing it stops it."""
        first_audio_s = self._deadline_s if speech.rank is Rank.AHEAD else self._first_audio_s
        return paced(self._name, self._audio(speech), Pace(first_audio_s, self._gap_s, 2 * self._longest_s))

    async def _audio(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        described = self._described(speech)
        text = within_limit(self._name, prepared(speech.text, speech.language), _MOST_CHARACTERS)
        if not text:
            return
        longest_s = min(self._longest_s, _LEAST_S + _CHARACTER_S * len(text) / min(1.0, speech.speed))
        job = json.dumps({"text": text, "description": described, "longest_s": longest_s}).encode()
        if speech.rank is Rank.AHEAD:
            for chunk in await self._pool.whole(job, Rank.AHEAD):
                yield Pcm(self._folder.rate_hz, chunk)
            return
        async with aclosing(self._pool.run(job, speech.rank)) as chunks:
            async for chunk in chunks:
                yield Pcm(self._folder.rate_hz, chunk)

    def _described(self, speech: Speech) -> str:
        voice = voice_for(self._name, self._voices, speech)
        try:
            return description(voice, speech.language, speech.speed)
        except ValueError as error:
            raise EngineError(f"{self._name}: {error}") from error

    def _check_voices(self) -> None:
        for language, voice in self._voices.items():
            try:
                description(voice, language, 1.0)
            except ValueError as error:
                raise EngineUnavailableError(f"{self._name}: {error}") from error


def _interpreter(name: str, python: str) -> Path:
    """The one that has parler-tts. Not resolved: a virtual environment is known by where its link is."""
    if python:
        chosen = Path(python).expanduser().absolute()
        if not chosen.is_file():
            raise EngineUnavailableError(f"{name}: expected an interpreter, {chosen} is none; make one with: {INSTALL}")
        return chosen
    for folder in (Path.cwd(), Path(__file__).parent.parent.parent):
        if (beside := folder / ENVIRONMENT / "bin" / "python").is_file():
            return beside
    if find_spec("parler_tts"):
        return Path(sys.executable)
    raise EngineUnavailableError(
        f"{name}: there is no environment with parler-tts, expected {ENVIRONMENT}, or the option python; "
        f"make it with: {INSTALL}"
    )
