"""pocketsphinx: English closed lists with rejection, in worker processes. The recogniser that is always there."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from media.asr.grammar import words_of
from media.asr.judgement import accepted
from media.asr.pocketsphinx_worker import encode_job
from media.asr.protocol import Hint, Recognition
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.errors import EngineError
from media.needs import Need
from media.workers.line import Rank
from media.workers.pool import PoolOptions, WorkerPool

NAME = "pocketsphinx"
_MOST_FRAMES = 30_000 // FRAME_MS
_WORKER_MIB = 110
"""A worker with its dictionary and model, as it was measured (docs/engines.md)."""


class PocketSphinx:
    """A recogniser of closed lists in English; not of free speech, nor of other languages.

    `rejection_margin` is added to the confidence that a phrase needs (stricter above 0, 0.1 is much).
    """

    def __init__(
        self,
        *,
        name: str = NAME,
        workers: int = 2,
        rejection_margin: float = 0.0,
        queue: int = 64,
        deadline_s: float = 3.0,
    ) -> None:
        self.name = name
        command = (sys.executable, "-m", "media.asr.pocketsphinx_worker")
        self._pool = WorkerPool(command, name, PoolOptions(workers, queue, deadline_s))
        self._margin = rejection_margin
        self._workers = workers

    @property
    def need(self) -> Need:
        """Its workers'."""
        return Need(ram_mib=self._workers * _WORKER_MIB)

    async def start(self) -> None:
        """Start the workers. Raises `EngineUnavailableError` with the remedy when pocketsphinx is not installed."""
        await self._pool.start()

    async def close(self) -> None:
        """End the workers. Idempotent."""
        await self._pool.close()

    def can(self, hint: Hint) -> bool:
        """English, and at least one phrase of the list in Latin letters."""
        return hint.language == "en" and any(words_of(phrase) for phrase in hint.phrases)

    def open(self, hint: Hint) -> ClosedListStream:
        """Listen for one of the hint's phrases. Raises `EngineError` for a hint that it can't serve."""
        if not self.can(hint):
            raise EngineError(
                f"{self.name} hears closed lists in English, not {hint.language!r} ({len(hint.phrases)} phrases)"
            )
        return ClosedListStream(self._pool, hint, self._margin, self.name)


class ClosedListStream:
    """One turn: kept as it comes, recognised at its end (a whole turn's cepstral mean serves short phrases best)."""

    def __init__(self, pool: WorkerPool, hint: Hint, margin: float, name: str) -> None:
        self._pool = pool
        self._hint = hint
        self._margin = margin
        self._name = name
        self._frames: list[bytes] = []
        self._over = False
        self._work: set[asyncio.Task[dict[str, object]]] = set()

    def feed(self, frame: bytes) -> None:
        """Keep a frame; none past 30 s. Raises `ValueError` for one that is not 20 ms of 8 kHz audio."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"expected a frame of {FRAME_BYTES} bytes (20 ms, 16-bit, 8 kHz), got {len(frame)}")
        if not self._over and len(self._frames) < _MOST_FRAMES:
            self._frames.append(frame)

    async def so_far(self) -> Recognition:
        """The phrase that was said up to here. Raises `TimeoutError` and `EngineError`."""
        return await self._recognised(Rank.PAUSE)

    async def finish(self) -> Recognition:
        """The phrase as it was given, or "" when none was said. Raises `TimeoutError` and `EngineError`."""
        if self._over:
            raise EngineError(f"{self._name}: this turn is over already")
        self._over = True
        recognition = await self._recognised(Rank.WAITING)
        self._frames.clear()
        return recognition

    async def _recognised(self, rank: Rank) -> Recognition:
        started = time.monotonic()
        work = asyncio.ensure_future(self._heard(rank))
        self._work.add(work)
        work.add_done_callback(self._work.discard)
        try:
            result = await work
        finally:
            work.cancel()
        sure = float(str(result["confidence"]))
        text = str(result["phrase"]) if accepted(sure, self._margin) else ""
        return Recognition(text, sure, self._name, (time.monotonic() - started) * 1000)

    def cancel(self) -> None:
        """Stop. Idempotent."""
        self._over = True
        self._frames.clear()
        for work in self._work:
            work.cancel()

    async def _heard(self, rank: Rank) -> dict[str, object]:
        payload = encode_job(self._hint.phrases, b"".join(self._frames))
        parts = [part async for part in self._pool.run(payload, rank)]
        result: dict[str, object] = json.loads(b"".join(parts))
        return result
