from __future__ import annotations

import asyncio

import pytest

from media.tts.streamed_text import Sentences


async def test_sentences_are_read_as_they_come_and_end() -> None:
    sentences = Sentences()
    read = asyncio.create_task(anext(sentences))
    await asyncio.sleep(0)
    assert not read.done()
    sentences.put("One.")
    assert await read == "One."
    sentences.put("Two.")
    sentences.end()
    assert [sentence async for sentence in sentences] == ["Two."]
    assert [sentence async for sentence in sentences] == [], "the end is told to whoever asks"


async def test_nothing_comes_after_the_end() -> None:
    sentences = Sentences()
    sentences.end()
    sentences.end()
    with pytest.raises(ValueError, match="has ended, got more of it: 'One'"):
        sentences.put("One")
