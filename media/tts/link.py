"""A synthesiser in its place in a chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from media.audio.pcm import Pcm
from media.chain import Link
from media.tts.protocol import Speech, Synthesiser


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

    def fingerprint(self, speech: Speech) -> str:
        """The engine's."""
        return self._engine.fingerprint(speech)

    async def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Audio in order. Raises as the engine does, `EngineRestingError` and `EngineBusyError`."""
        last = not any(speech.language in link.languages for link in self._after)
        chunks = self._watch.begin(last=last).stream(self._engine.speak(speech))
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()
