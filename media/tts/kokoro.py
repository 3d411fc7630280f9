"""Kokoro-82M: English and Hindi voices by name, a sentence at a time, in worker processes.

Not in this process: torch lets the interpreter run on while it works, but importing it and what Kokoro imports held it
up for more than a second, left hundreds of thousands of objects to its garbage collector, and brought GPL-3 code into
it; and a GPU that is lost is lost to its process for good.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.gpu import on_gpu
from media.needs import Need, mib_of, total
from media.tts.joining import pause_ms_after
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_model import LANGUAGES, Manner, require_packages
from media.tts.kokoro_sound import RATE_HZ
from media.tts.kokoro_text import pieces
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, voice_for, within_limit
from media.workers.line import Rank
from media.workers.pool import PoolOptions, WorkerPool
from media.workers.process import ProcessOptions, WorkerProcess

_T = TypeVar("_T")
_R = TypeVar("_R")
DEFAULT_VOICES: Mapping[str, str] = {"en": "af_heart", "hi": "hf_alpha"}
_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")
_SLOWEST, _FASTEST = 0.5, 2.0
WORKER = "media.tts.kokoro_worker"
_CANCEL_S, _GRACE_S = 5.0, 5.0
"""To leave off in, before a worker is killed; and what the pool's deadline is beyond the engine's."""
_LONGEST_BACK_OFF_S = 60.0
_AHEAD_S = 60.0
"""For a sentence that nobody waits for: it stands behind those that somebody waits for."""
_LIBRARIES_MIB, _SENTENCE_MIB, _CONTEXT_MIB = 420, 300, 400
"""Of RAM for torch and what Kokoro imports; of either for a sentence at work; of the GPU for its context."""


class Kokoro:
    """A synthesiser. `workers` processes, each with its model, each on `cpu_threads` threads on a CPU.

    `model`: a folder with config.json, kokoro-v1_0.pth and voices/NAME.pt. `voices`: language → voice, which is also
    what it speaks of English and Hindi; "af_heart,af_bella" is the mean of both. `device`: auto, cpu, cuda, cuda:N.
    `queue`: sentences that may wait; `deadline_s`: for one, waiting among it; `start_s`: to load and warm.
    `clause_characters`: what is longer is cut at a comma. Raises `EngineUnavailableError` without its package or files,
    `ValueError` for other options that can't be.
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
        start_s: float = 180.0,
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
                "start_s": (start_s, 1),
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
        self._deadline_s = deadline_s
        self._clause = clause_characters
        self._most_characters = most_characters
        options = {"model": model, "device": device, "cpu_threads": cpu_threads, "voices": self._voices}
        self._pool = WorkerPool(
            (sys.executable, "-m", WORKER, json.dumps(options)),
            name,
            PoolOptions(
                workers,
                queue,
                max(deadline_s, _AHEAD_S) + _GRACE_S,
                _CANCEL_S,
                gives_way=True,
                waits_for_restart=False,
                process=ProcessOptions(start_s, _LONGEST_BACK_OFF_S),
            ),
        )

    @property
    def languages(self) -> frozenset[str]:
        """Those that have a voice."""
        return frozenset(self._voices)

    @property
    def need(self) -> Need:
        """A worker's, by their number: on the device weights, 300 MiB to work in, 400 of a GPU; RAM 420 beside."""
        gpu = on_gpu(self._device)
        mib = mib_of(self._folder.weights.stat().st_size) + _SENTENCE_MIB + (_CONTEXT_MIB if gpu else 0)
        each = Need.placed(mib, on_gpu=gpu, ram_mib=_LIBRARIES_MIB)
        return total([each] * len(self.workers))

    @property
    def workers(self) -> tuple[WorkerProcess, ...]:
        """Its processes."""
        return self._pool.workers

    async def start(self) -> None:
        """Start the workers, which load the model and speak. Raises `EngineUnavailableError` with the remedy."""
        await self._pool.start()

    async def close(self) -> None:
        """End the workers. Idempotent."""
        await self._pool.close()

    def fingerprint(self, speech: Speech) -> str:
        """Versions of Kokoro and of what writes its phonemes, digests of model and voice, the voice, where it cuts."""
        voice = speech.voice or self._voices.get(speech.language, "")
        sound = [self._folder.digest, voice, self._folder.voice_digest(voice), self._clause]
        return f"kokoro {_versions()} {json.dumps(sound)}"

    async def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Chunks of 200 ms at 24 kHz, a sentence as soon as it is made, while the next is. Closing it stops the work.

        Raises `EngineError` for a language or voice that there is not, `EngineBusyError` when it takes too long.
        """
        manner = self._manner(speech)
        text = within_limit(self.name, speech.text, self._most_characters)

        async def made(piece: str) -> list[bytes]:
            job = json.dumps({"text": piece, **asdict(manner)}).encode()
            return await self._in_time(job, speech.rank)

        todo = pieces(text, speech.language, self._clause)
        async with aclosing(_one_ahead(todo, made)) as sentences:
            pause_ms = 0
            async for piece, chunks in sentences:
                if pause_ms and chunks:
                    yield Pcm(RATE_HZ, bytes(pause_ms * RATE_HZ // 1000 * 2))
                for chunk in chunks:
                    yield Pcm(RATE_HZ, chunk)
                pause_ms = pause_ms_after(piece)

    async def _in_time(self, job: bytes, rank: Rank) -> list[bytes]:
        limit_s = _AHEAD_S if rank is Rank.AHEAD else self._deadline_s
        try:
            async with asyncio.timeout(limit_s) as limit:
                return await self._pool.whole(job, rank)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise EngineBusyError(f"{self.name}: no sentence within {limit_s:g} s") from error

    def _manner(self, speech: Speech) -> Manner:
        voice = voice_for(self.name, self._voices, speech)
        self._folder.voice_files(voice)
        return Manner(speech.language, voice, min(_FASTEST, max(_SLOWEST, speech.speed)))

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
