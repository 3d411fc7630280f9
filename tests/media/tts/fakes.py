"""Synthesisers that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from itertools import repeat

from media.audio.mastering import Mastering
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError
from media.tts.protocol import Speech
from media.tts.streamed_text import SentenceOver
from media.workers.line import Rank
from tests.media.fakes import tone

CHUNK = tone(20, hertz=800.0)


def said(chunks: int) -> bytes:
    """What is heard of so many chunks of a voice that was never heard before."""
    mastering = Mastering(TELEPHONE_RATE)
    return b"".join(mastering.feed(Pcm(TELEPHONE_RATE, CHUNK)) for _ in range(chunks)) + mastering.finish()


class FakeSynthesiser:
    def __init__(self, name: str = "fake", *, chunks: int = 3, error: Exception | None = None) -> None:
        self.name = name
        self.languages = frozenset({"en", "hi"})
        self.spoken: list[str] = []
        self.ranks: list[Rank] = []
        self.stopped = 0
        self.version = "1"
        self.tags: frozenset[str] = frozenset()
        self.latin = True
        self.gate: asyncio.Event | None = None
        self.chunk = CHUNK
        self.rates: Iterator[int] = repeat(TELEPHONE_RATE)
        self._chunks = chunks
        self._error = error

    def fingerprint(self, speech: Speech) -> str:
        return f"{self.name} {self.version}"

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        self.spoken.append(speech.text)
        self.ranks.append(speech.rank)
        try:
            for number in range(self._chunks):
                if number and self.gate:
                    await self.gate.wait()
                yield Pcm(next(self.rates), self.chunk)
            if self._error:
                raise self._error
        finally:
            self.stopped += 1


class StreamingSynthesiser(FakeSynthesiser):
    """One synthesis for all sentences, of two chunks each; `breaks` after so many chunks. `slow`: makes none."""

    streams = True

    def __init__(self, name: str = "streaming", *, breaks: int | None = None, slow: bool = False) -> None:
        super().__init__(name)
        self.breaks, self.slow = breaks, slow
        self.streamed: list[str] = []
        self.begun = self.closed = 0

    async def speak_sentences(
        self, texts: AsyncIterator[str], like: Speech
    ) -> AsyncGenerator[Pcm | SentenceOver, None]:
        self.begun += 1
        given = 0
        try:
            async for text in texts:
                self.streamed.append(text)
                for _ in range(2):
                    if self.slow:
                        await asyncio.Event().wait()
                    if given == self.breaks:
                        raise EngineError("the socket broke")
                    given += 1
                    yield Pcm(TELEPHONE_RATE, self.chunk)
                yield SentenceOver()
        finally:
            self.closed += 1
