"""A synthesiser in its place in a chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

from media.audio.pcm import Pcm
from media.chain import Link
from media.tts.protocol import Speech, Synthesiser
from media.tts.streamed_text import SentenceOver, TakesSentences
from media.watch import Attempt
from media.workers.line import Rank


class SynthesiserLink(Link[Synthesiser]):
    """A `Synthesiser` for the languages of its chain. `after`: those that speak when it can't."""

    @property
    def languages(self) -> frozenset[str]:
        """The engine's that are its chain's, too."""
        return self._scope.of(self._engine.languages)

    @property
    def tags(self) -> frozenset[str]:
        """The sounds that the engine makes of an author's tags; none where it says nothing of it."""
        return frozenset(getattr(self._engine, "tags", ()))

    @property
    def latin(self) -> bool:
        """Whether the engine reads Latin letters; it does where it says nothing of it."""
        return bool(getattr(self._engine, "latin", True))

    @property
    def streams(self) -> bool:
        """Whether the engine takes sentences while it speaks; it doesn't where it says nothing of it."""
        return bool(getattr(self._engine, "streams", False))

    def fingerprint(self, speech: Speech) -> str:
        """The engine's."""
        return self._engine.fingerprint(speech)

    async def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Audio in order. Raises as the engine does, `EngineRestingError` and `EngineBusyError`."""
        attempt = self._watch.begin(last=self._last(speech), awaited=speech.rank is not Rank.AHEAD)
        chunks = attempt.stream(self._engine.speak(speech))
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()

    async def speak_sentences(
        self, texts: AsyncIterator[str], like: Speech
    ) -> AsyncGenerator[Pcm | SentenceOver, None]:
        """The engine's, which is told by nothing but its own deadlines that it is slow: the text may be.

        Raises as the engine does, and `EngineRestingError`. Only for an engine that `streams`.
        """
        engine = cast(TakesSentences, self._engine)
        attempt = self._watch.begin(last=self._last(like), asked=False)
        parts = attempt.stream(engine.speak_sentences(_noticed(texts, attempt), like))
        try:
            async for part in parts:
                yield part
        finally:
            await parts.aclose()

    def _last(self, speech: Speech) -> bool:
        return not any(speech.language in link.languages for link in self._after)


async def _noticed(texts: AsyncIterator[str], attempt: Attempt) -> AsyncGenerator[str, None]:
    """Texts; the first begins the time that an engine takes to answer."""
    async for text in texts:
        attempt.asked_now()
        yield text
