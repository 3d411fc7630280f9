from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from media.errors import EngineError
from media.tts.streamed_text import speak_streamed
from tests.media.tts.fakes import FakeSynthesiser


class Pieces:
    """Text in pieces, each after a while; then an error, if any."""

    def __init__(self, *pieces: str, gate: asyncio.Event | None = None, error: Exception | None = None) -> None:
        self.pieces = pieces
        self.gate = gate
        self.error = error
        self.given = 0
        self.closed = False

    async def come(self) -> AsyncGenerator[str, None]:
        try:
            for piece in self.pieces:
                await asyncio.sleep(0)
                self.given += 1
                yield piece
            if self.gate:
                await self.gate.wait()
            if self.error:
                raise self.error
        finally:
            self.closed = True


async def test_each_sentence_is_spoken_once_in_order() -> None:
    engine, pieces = FakeSynthesiser(), Pieces("नमस्ते", "। It costs 3", ".50, Dr", ". Rao. O", "K")
    chunks = [chunk async for chunk in speak_streamed(engine, pieces.come(), "hi")]
    assert engine.spoken == ["नमस्ते।", "It costs 3.50, Dr. Rao.", "OK"]
    assert len(chunks) == 9
    assert pieces.closed


async def test_the_first_sentence_is_heard_while_the_text_still_comes() -> None:
    engine, pieces = FakeSynthesiser(), Pieces("One. T", "wo", gate=asyncio.Event())
    chunks = speak_streamed(engine, pieces.come(), "en")
    for _ in range(3):
        assert (await anext(chunks)).samples
    assert engine.spoken == ["One."]
    await chunks.aclose()
    assert pieces.closed
    assert engine.stopped == 1


async def test_closing_in_mid_sentence_stops_the_engine_and_the_text() -> None:
    engine, pieces = FakeSynthesiser(), Pieces(*["One. "] * 50)
    engine.gate = asyncio.Event()
    chunks = speak_streamed(engine, pieces.come(), "en")
    await anext(chunks)
    for _ in range(200):
        await asyncio.sleep(0)
    assert pieces.given < 5, "the text is read one sentence ahead, not more"
    await chunks.aclose()
    assert engine.stopped == 1
    assert pieces.closed


async def test_a_listener_that_is_cancelled_while_it_waits_for_text_ends_it() -> None:
    pieces = Pieces("No end", gate=asyncio.Event())

    async def listen() -> None:
        async for _ in speak_streamed(FakeSynthesiser(), pieces.come(), "en"):
            raise AssertionError("nothing is known to have ended")

    task = asyncio.create_task(listen())
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    assert pieces.closed


async def test_errors_of_the_text_come_after_what_was_said_before_them() -> None:
    engine, pieces = FakeSynthesiser(), Pieces("One. Two", error=EngineError("the mind went away"))
    heard = []
    with pytest.raises(EngineError, match="the mind went away"):
        async for chunk in speak_streamed(engine, pieces.come(), "en"):
            heard.append(chunk)
    assert engine.spoken == ["One."]
    assert len(heard) == 3


async def test_errors_of_the_engine_end_the_text() -> None:
    pieces = Pieces("One. Two. ", gate=asyncio.Event())
    with pytest.raises(EngineError, match="no voice"):
        async for _ in speak_streamed(FakeSynthesiser(error=EngineError("no voice")), pieces.come(), "en"):
            pass
    assert pieces.closed


async def test_no_text_is_no_audio() -> None:
    engine = FakeSynthesiser()
    assert [chunk async for chunk in speak_streamed(engine, Pieces("", " ").come(), "en")] == []
    assert engine.spoken == []
