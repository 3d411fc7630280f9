"""A language identifier in its place in the chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from collections.abc import Mapping

from media.chain import Link
from media.lid.protocol import LanguageIdentifier, Said


class IdentifierLink(Link[LanguageIdentifier]):
    """A `LanguageIdentifier`, whatever the language: that is what it is asked for."""

    @property
    def hears(self) -> bool:
        """Whether the engine goes by the sound."""
        return self._engine.hears

    def tells(self, languages: tuple[str, ...]) -> bool:
        """Whether the engine can tell these, and may be asked now; nothing is lost without it."""
        return self._watch.ready and self._engine.tells(languages)

    async def identify(self, said: Said) -> Mapping[str, float]:
        """The engine's shares. Raises as it does, `EngineRestingError` and `EngineBusyError`."""
        attempt = self._watch.begin(last=False)
        try:
            return await attempt.answer(self._engine.identify(said))
        finally:
            attempt.over()
