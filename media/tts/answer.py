"""An answer that is spoken while it is still being written: by one synthesis where the engine can."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from media.audio.mastering import Mastering
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError
from media.tts.owed import Owed
from media.tts.prepare import prepared
from media.tts.protocol import Speech
from media.tts.streamed_text import SentenceOver, Sentences, TakesSentences

Render = Callable[[Speech], AsyncGenerator[Pcm, None]]


class SpokenAnswer:
    """One answer in `like`'s language, voice and speed. Sentences are put as they come; one listener takes the audio.

    Where the engine fails, what it has not begun is said by `otherwise`, sentence by sentence; a sentence that it broke
    off is not said again.
    """

    def __init__(
        self,
        engine: TakesSentences,
        like: Speech,
        *,
        owed: Owed,
        known_lufs: Callable[[], float | None],
        readable: Callable[[str], str],
        otherwise: Render,
    ) -> None:
        self._engine = engine
        self._like = like
        self._owed = owed
        self._known_lufs = known_lufs
        self._readable = readable
        self._otherwise = otherwise
        self._sentences = Sentences()
        self._taken: list[str] = []
        """By the engine, and not over yet."""

    def say(self, speech: Speech) -> bool:
        """One more sentence; False where it can't be a part of this answer: another language, voice or speed, nothing.

        Raises `ValueError` after the end.
        """
        if replace(speech, text=self._like.text) != self._like or not prepared(speech.text, speech.language):
            return False
        self._sentences.put(speech.text)
        self._owed.sent()
        return True

    def end(self) -> None:
        """That was all. Idempotent."""
        self._sentences.end()
        self._owed.ended()

    async def audio(self) -> AsyncGenerator[Pcm | SentenceOver, None]:
        """At 8 kHz and at its level; behind each sentence that was put a `SentenceOver`. Closing it stops the work."""
        begun = False
        failure: Exception | None = None
        try:
            async with aclosing(self._streamed()) as parts:
                async for part in parts:
                    begun = isinstance(part, Pcm)
                    yield part
        except Exception as error:
            failure = error
        if begun:
            self._taken.pop(0)
            yield SentenceOver(failure or EngineError("the audio of a sentence ended, but nothing said so"))
        async with aclosing(self._one_by_one()) as parts:
            async for part in parts:
                yield part

    async def _streamed(self) -> AsyncGenerator[Pcm | SentenceOver, None]:
        """The engine's audio, each sentence made fit to be heard by itself."""
        mastering: Mastering | None = None
        parts = self._engine.speak_sentences(self._texts(), self._like)
        try:
            while (part := await self._owed.within(anext(parts, None))) is not None:
                if isinstance(part, Pcm):
                    self._owed.paid()
                    mastering = mastering or Mastering(part.rate, self._known_lufs())
                    if samples := mastering.feed(part):
                        yield Pcm(TELEPHONE_RATE, samples)
                    continue
                if mastering:
                    yield Pcm(TELEPHONE_RATE, mastering.finish())
                    mastering = None
                self._taken.pop(0)
                yield part
        finally:
            if isinstance(parts, AsyncGenerator):
                await parts.aclose()

    async def _texts(self) -> AsyncGenerator[str, None]:
        async for sentence in self._sentences:
            self._taken.append(sentence)
            yield self._readable(sentence)

    async def _one_by_one(self) -> AsyncGenerator[Pcm | SentenceOver, None]:
        async for text in self._left():
            try:
                async with aclosing(self._otherwise(replace(self._like, text=text))) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except Exception as error:
                yield SentenceOver(error)
            else:
                yield SentenceOver()

    async def _left(self) -> AsyncGenerator[str, None]:
        while self._taken:
            yield self._taken.pop(0)
        async for sentence in self._sentences:
            yield sentence
