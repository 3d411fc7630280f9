"""Deadlines for audio that comes from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: to the first audio, from one chunk to the next, and of audio in all."""

    first_audio_s: float
    gap_s: float
    longest_s: float

    def __post_init__(self) -> None:
        for limit in ("first_audio_s", "gap_s", "longest_s"):
            if not getattr(self, limit) > 0:
                raise ValueError(f"expected {limit} above 0, got {getattr(self, limit)!r}")


async def paced(name: str, chunks: AsyncGenerator[Pcm, None], pace: Pace) -> AsyncGenerator[Pcm, None]:
    """`chunks`, each in time; the time that the listener takes does not count. Closing it closes `chunks`.

    Raises `EngineBusyError` for audio that is late, `EngineError` for audio without end.
    """
    limit_s, what = pace.first_audio_s, "first audio"
    said_ms = 0.0
    try:
        while (chunk := await _in_time(name, chunks, limit_s, what)) is not None:
            said_ms += chunk.duration_ms
            if said_ms > pace.longest_s * 1000:
                raise EngineError(f"{name}: expected at most {pace.longest_s:g} s of audio, it goes on")
            yield chunk
            limit_s, what = pace.gap_s, "more audio"
    finally:
        await chunks.aclose()


async def _in_time(name: str, chunks: AsyncGenerator[Pcm, None], limit_s: float, what: str) -> Pcm | None:
    try:
        async with asyncio.timeout(limit_s):
            return await anext(chunks, None)
    except EngineError:
        raise
    except TimeoutError as error:
        raise EngineBusyError(f"{name}: expected {what} within {limit_s:g} s, none came") from error
