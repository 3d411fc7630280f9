"""Text that still comes, sentence by sentence, and the voices that take it while they speak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from media.audio.pcm import Pcm
from media.tts.protocol import Speech


@dataclass(frozen=True, slots=True)
class SentenceOver:
    """All audio of a sentence has come: what follows is the next one's. `error`: what came is not all of it."""

    error: Exception | None = None


class TakesSentences(Protocol):
    """A synthesiser that can be given its text while it speaks."""

    @property
    def streams(self) -> bool:
        """Whether it can; an engine that has no such property can't."""

    def speak_sentences(self, texts: AsyncIterator[str], like: Speech) -> AsyncIterator[Pcm | SentenceOver]:
        """`texts` in order, in `like`'s language, voice and speed; behind the audio of each a `SentenceOver`.

        It is made ready at once, before the first text comes. Raises `EngineError`; closing it stops the work.
        """


class Sentences:
    """The sentences of an answer that is being written: put by one, read by another as they come."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[str | None] = asyncio.Queue()
        self._ended = False

    def put(self, sentence: str) -> None:
        """One more. Raises `ValueError` after the end."""
        if self._ended:
            raise ValueError(f"the answer has ended, got more of it: {sentence!r}")
        self._came.put_nowait(sentence)

    def end(self) -> None:
        """There are no more. Idempotent."""
        if not self._ended:
            self._ended = True
            self._came.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        sentence = await self._came.get()
        if sentence is None:
            self._came.put_nowait(None)
            raise StopAsyncIteration
        return sentence
