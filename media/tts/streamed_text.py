"""Text that still comes, spoken sentence by sentence by any synthesiser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from media.audio.pcm import Pcm
from media.tts.protocol import Speech, Synthesiser
from media.tts.sentences import SentenceCutter


async def speak_streamed(
    engine: Synthesiser, pieces: AsyncIterator[str], language: str, *, voice: str = "", speed: float = 1.0
) -> AsyncGenerator[Pcm, None]:
    """`pieces` of any size, spoken from their first whole sentence on; one sentence is read ahead of what is spoken.

    Raises what `pieces` or the engine raises. Closing it closes both. Deadlines are theirs.
    """
    sentences = _sentences(pieces)
    upcoming = asyncio.create_task(anext(sentences, None))
    try:
        while (sentence := await upcoming) is not None:
            upcoming = asyncio.create_task(anext(sentences, None))
            chunks = engine.speak(Speech(sentence, language, voice, speed))
            try:
                async for chunk in chunks:
                    yield chunk
            finally:
                await _close(chunks)
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
        await sentences.aclose()


async def _sentences(pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    cutter = SentenceCutter()
    try:
        async for piece in pieces:
            for sentence in cutter.feed(piece):
                yield sentence
        for sentence in cutter.finish():
            yield sentence
    finally:
        await _close(pieces)


async def _close(source: AsyncIterator[object]) -> None:
    if isinstance(source, AsyncGenerator):
        await source.aclose()
