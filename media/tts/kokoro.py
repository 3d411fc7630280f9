"""Kokoro-82M: English and Hindi voices by name, in threads of this process, a sentence at a time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from media.audio.pcm import Pcm
from media.audio.samples import Samples, to_pcm16
from media.errors import EngineError, EngineUnavailableError
from media.gpu import on_gpu
from media.needs import Need, mib_of
from media.tts.joining import PHRASE_MS, pause_ms_after
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_model import LANGUAGES, KokoroModel, Manner, require_packages
from media.tts.kokoro_sound import RATE_HZ, trimmed
from media.tts.kokoro_text import pieces
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, voice_for, within_limit
from media.workers.line import Rank
from media.workers.threads import Threads

_T = TypeVar("_T")
_R = TypeVar("_R")
DEFAULT_VOICES: Mapping[str, str] = {"en": "af_heart", "hi": "hf_alpha"}
_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")
_SLOWEST, _FASTEST = 0.5, 2.0
_CHUNK_BYTES = RATE_HZ // 5 * 2
"""200 ms."""
_WARM = {"en": "Your order is ready.", "hi": "आपका ऑर्डर तैयार है।"}
_WARM_S = 120.0
_AHEAD_S = 60.0
"""For a sentence that nobody waits for: it stands behind those that somebody waits for."""
_LIBRARIES_MIB, _SENTENCE_MIB, _CONTEXT_MIB = 420, 300, 400
"""Of RAM for torch and what Kokoro imports; of either for a sentence at work; of the GPU for its context."""


class Kokoro:
    """A synthesiser. One model, held; `workers` sentences at once, each on `cpu_threads` threads on a CPU.

    `model`: a folder with config.json, kokoro-v1_0.pth and voices/NAME.pt. `voices`: language → voice, which is also
    what it speaks of English and Hindi; "af_heart,af_bella" is the mean of both. `device`: auto, cpu, cuda, cuda:N.
    `queue`: sentences that may wait; `deadline_s`: for one, waiting among it. `clause_characters`: what is longer is
    cut at a comma. Raises `EngineUnavailableError` without its package or files, `ValueError` for other options.
    """

    tags: frozenset[str] = frozenset()
    """None: the model laughs no laugh. Prepared text has pauses in their place."""
    latin = True
    """In Hindi, too: espeak-ng says Latin words as English ones."""

    def __init__(
        self,
        *,
        name: str = "kokoro",
        model: str = "kokoro-82m",
        voices: Mapping[str, str] = DEFAULT_VOICES,
        device: str = "auto",
        workers: int = 1,
        cpu_threads: int = 0,
        queue: int = 64,
        deadline_s: float = 10.0,
        clause_characters: int = 240,
        most_characters: int = 4096,
    ) -> None:
        require_packages()
        _check_numbers(
            name,
            {
                "workers": (workers, 1),
                "cpu_threads": (cpu_threads, 0),
                "queue": (queue, 1),
                "deadline_s": (deadline_s, 0.1),
                "clause_characters": (clause_characters, 40),
                "most_characters": (most_characters, 1),
            },
        )
        if not _DEVICE.fullmatch(device):
            raise ValueError(f"{name}: device must be auto, cpu, cuda or cuda:N, got {device!r}")
        self.name = name
        self._folder = KokoroFolder(Path(model))
        self._voices = self._checked(voices)
        self._device = device
        self._workers = workers
        self._cpu_threads = cpu_threads
        self._queue = queue
        self._deadline_s = deadline_s
        self._clause = clause_characters
        self._most_characters = most_characters
        self._threads: Threads | None = None
        self._model: KokoroModel | None = None

    @property
    def languages(self) -> frozenset[str]:
        """Those that have a voice."""
        return frozenset(self._voices)

    @property
    def need(self) -> Need:
        """On the device weights, 300 MiB for each sentence at work, 400 of a GPU for its context; RAM 420 beside."""
        mib = mib_of(self._folder.weights.stat().st_size) + _SENTENCE_MIB * self._workers
        if gpu := on_gpu(self._device):
            mib += _CONTEXT_MIB
        return Need.placed(mib, on_gpu=gpu, ram_mib=_LIBRARIES_MIB)

    async def start(self) -> None:
        """Load the model, and speak with each language's voice. Raises `EngineUnavailableError` with the remedy."""
        load = partial(KokoroModel, self._folder, device=self._device, cpu_threads=self._cpu_threads)
        model = await asyncio.to_thread(load)
        threads = Threads(self.name, workers=self._workers, queue=self._queue)
        self._model, self._threads = model, threads
        try:
            await self._warm(model, threads)
        except EngineError as error:
            await self.close()
            raise EngineUnavailableError(f"{self.name}: nothing can be spoken here: {error}") from error

    async def close(self) -> None:
        """Stop the work, free the model. Idempotent."""
        threads, self._threads, self._model = self._threads, None, None
        if threads:
            await threads.close()

    def fingerprint(self, speech: Speech) -> str:
        """Versions of Kokoro and of what writes its phonemes, digests of model and voice, the voice, where it cuts."""
        voice = speech.voice or self._voices.get(speech.language, "")
        sound = [self._folder.digest, voice, self._folder.voice_digest(voice), self._clause]
        return f"kokoro {_versions()} {json.dumps(sound)}"

    async def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Chunks of 200 ms at 24 kHz, a sentence as soon as it is made, while the next is. Closing it stops the work.

        Raises `EngineError` for a language or voice that there is not, `EngineBusyError` when it takes too long.
        """
        model, threads = self._started()
        manner = self._manner(speech)
        text = within_limit(self.name, speech.text, self._most_characters)

        deadline_s = max(self._deadline_s, _AHEAD_S) if speech.rank is Rank.AHEAD else self._deadline_s

        async def made(piece: str) -> list[Samples]:
            work = partial(model.speak, piece, manner)
            return await threads.run(work, rank=speech.rank, deadline_s=deadline_s)

        todo = pieces(text, speech.language, self._clause)
        async with aclosing(_one_ahead(todo, made)) as sentences:
            pause_ms = 0
            async for piece, parts in sentences:
                for part in parts:
                    if pause_ms:
                        yield Pcm(RATE_HZ, bytes(pause_ms * RATE_HZ // 1000 * 2))
                    for chunk in _chunks(part):
                        yield chunk
                    pause_ms = PHRASE_MS
                pause_ms = pause_ms_after(piece)

    def _started(self) -> tuple[KokoroModel, Threads]:
        if self._model is None or self._threads is None:
            raise EngineError(f"{self.name} is not started")
        return self._model, self._threads

    def _manner(self, speech: Speech) -> Manner:
        voice = voice_for(self.name, self._voices, speech)
        self._folder.voice_files(voice)
        return Manner(speech.language, voice, min(_FASTEST, max(_SLOWEST, speech.speed)))

    async def _warm(self, model: KokoroModel, threads: Threads) -> None:
        """In each thread: torch makes some of what it needs for each anew."""
        for language, voice in self._voices.items():
            work = partial(model.speak, _WARM[language], Manner(language, voice))
            made = await asyncio.gather(*(threads.run(work, deadline_s=_WARM_S) for _ in range(self._workers)))
            if not all(made):
                raise EngineError(f"no sound came of {_WARM[language]!r} by {voice}")

    def _checked(self, voices: Mapping[str, str]) -> dict[str, str]:
        checked = checked_voices(self.name, voices)
        if unknown := sorted(set(checked) - LANGUAGES):
            raise EngineUnavailableError(f"{self.name}: Kokoro speaks en and hi here, not {', '.join(unknown)}")
        for voice in checked.values():
            try:
                self._folder.voice_files(voice)
            except EngineError as error:
                raise EngineUnavailableError(f"{self.name}: {error}") from error
        return checked


async def _one_ahead(
    items: Sequence[_T], make: Callable[[_T], Coroutine[None, None, _R]]
) -> AsyncGenerator[tuple[_T, _R], None]:
    """Each with what is made of it, in order; the next is being made while one is taken. Closing it stops that."""
    upcoming: list[asyncio.Task[_R]] = []
    try:
        for at, item in enumerate(items):
            made = await (upcoming.pop() if upcoming else make(item))
            upcoming = [asyncio.create_task(make(following)) for following in items[at + 1 : at + 2]]
            yield item, made
    finally:
        for task in upcoming:
            task.cancel()
        await asyncio.gather(*upcoming, return_exceptions=True)


def _chunks(samples: Samples) -> Iterator[Pcm]:
    audio = to_pcm16(trimmed(samples))
    return (Pcm(RATE_HZ, audio[at : at + _CHUNK_BYTES]) for at in range(0, len(audio), _CHUNK_BYTES))


def _check_numbers(name: str, options: Mapping[str, tuple[float, float]]) -> None:
    for option, (value, least) in options.items():
        if value < least:
            raise ValueError(f"{name}: {option} must be at least {least:g}, got {value}")


@cache
def _versions() -> str:
    return " ".join(_version(package) for package in ("kokoro", "misaki", "espeakng-loader"))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
