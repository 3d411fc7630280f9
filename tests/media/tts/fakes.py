"""Synthesisers that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import repeat

from media.audio.mastering import Mastering
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.tts.protocol import Speech
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
