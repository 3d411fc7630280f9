from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError
from media.tts.paced import Pace, paced
from tests.virtual_time import virtual_time

SECOND = Pcm(8000, bytes(16_000))


class Source:
    def __init__(self, *delays_s: float, error: Exception | None = None) -> None:
        self.delays_s = delays_s
        self.error = error
        self.closed = False

    async def chunks(self) -> AsyncGenerator[Pcm, None]:
        try:
            for delay_s in self.delays_s:
                await asyncio.sleep(delay_s)
                yield SECOND
            if self.error:
                raise self.error
        finally:
            self.closed = True


def heard(source: Source) -> AsyncGenerator[Pcm, None]:
    return paced("x", source.chunks(), Pace(first_audio_s=2.0, gap_s=1.0, longest_s=3.0))


@virtual_time
async def test_audio_in_time_is_passed_on_however_slowly_it_is_taken() -> None:
    source = Source(1.9, 0.9, 0.9)
    got = []
    async for chunk in heard(source):
        got.append(chunk)
        await asyncio.sleep(100)
    assert got == [SECOND] * 3


@virtual_time
async def test_late_first_audio_stops_the_work() -> None:
    source = Source(2.1)
    with pytest.raises(EngineBusyError, match="x: expected first audio within 2 s"):
        await anext(heard(source))
    assert source.closed


@virtual_time
async def test_a_gap_stops_the_work() -> None:
    source = Source(0, 1.1)
    chunks = heard(source)
    await anext(chunks)
    with pytest.raises(EngineBusyError, match="x: expected more audio within 1 s"):
        await anext(chunks)
    assert source.closed


@virtual_time
async def test_audio_without_end_is_an_error() -> None:
    source = Source(*[0.0] * 9)
    with pytest.raises(EngineError, match="at most 3 s of audio, it goes on"):
        assert [chunk async for chunk in heard(source)] == []
    assert source.closed


@virtual_time
async def test_the_engines_own_errors_come_through() -> None:
    with pytest.raises(EngineBusyError, match=r"^queue full$"):
        assert [chunk async for chunk in heard(Source(0, error=EngineBusyError("queue full")))] == []


@virtual_time
async def test_closing_closes_the_source() -> None:
    source = Source(0, 0)
    chunks = heard(source)
    await anext(chunks)
    await chunks.aclose()
    assert source.closed


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected gap_s above 0, got 0"):
        Pace(1.0, 0, 1.0)
