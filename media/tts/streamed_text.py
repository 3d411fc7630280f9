"""Text that still comes, spoken sentence by sentence by any synthesiser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Protocol, runtime_checkable

from media.audio.pcm import Pcm
from media.tts.protocol import Speech, Synthesiser
from media.tts.sentences import SentenceCutter


@runtime_checkable
class TakesSentences(Protocol):
    """A synthesiser that can be given its text while it speaks."""

    def speak_sentences(self, texts: AsyncIterator[str], like: Speech) -> AsyncIterator[Pcm]:
        """`texts` in order, in `like`'s language, voice and speed. Closing it stops the work."""


async def speak_streamed(
    engine: Synthesiser, pieces: AsyncIterator[str], language: str, *, voice: str = "", speed: float = 1.0
) -> AsyncGenerator[Pcm, None]:
    """`pieces` of any size, spoken from their first whole sentence on.

    An engine that `TakesSentences` gets each when it is whole; for others, one is read ahead of what is spoken. Raises
    what `pieces` or the engine raises. Closing it closes both. Deadlines are theirs.
    """
    like = Speech("", language, voice, speed)
    sentences = _sentences(pieces)
    if isinstance(engine, TakesSentences):
        chunks = engine.speak_sentences(sentences, like)
    else:
        chunks = _one_by_one(engine, sentences, like)
    try:
        async for chunk in chunks:
            yield chunk
    finally:
        await _close(chunks)
        await sentences.aclose()
        await _close(pieces)


async def _one_by_one(
    engine: Synthesiser, sentences: AsyncGenerator[str, None], like: Speech
) -> AsyncGenerator[Pcm, None]:
    upcoming = asyncio.create_task(anext(sentences, None))
    try:
        while (sentence := await upcoming) is not None:
            upcoming = asyncio.create_task(anext(sentences, None))
            chunks = engine.speak(replace(like, text=sentence))
            try:
                async for chunk in chunks:
                    yield chunk
            finally:
                await _close(chunks)
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)


async def _sentences(pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    cutter = SentenceCutter()
    async for piece in pieces:
        for sentence in cutter.feed(piece):
            yield sentence
    for sentence in cutter.finish():
        yield sentence


async def _close(source: AsyncIterator[object]) -> None:
    if isinstance(source, AsyncGenerator):
        await source.aclose()
