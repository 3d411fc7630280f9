"""A mind in its place in a chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from media.chain import Link
from media.llm.protocol import LanguageModel, Request, Text, ToolCall
from media.workers.line import Rank


class MindLink(Link[LanguageModel]):
    """A `LanguageModel` for the languages of its chain. `after`: those that are asked when it can't."""

    @property
    def talks(self) -> bool:
        """Whether it answers in words."""
        return self._engine.talks

    def available(self, language: str, *, talking: bool) -> bool:
        """Whether it is to be asked in this language now; the last that could talk (or choose) always is."""
        after = any(link.talks or not talking for link in self._after)
        return language in self._scope and (self._watch.ready or not after)

    async def reply(self, request: Request) -> AsyncGenerator[Text | ToolCall, None]:
        """The answer as it comes. Raises as the engine does, `EngineRestingError` and `EngineBusyError`."""
        attempt = self._watch.begin(last=self._last, awaited=request.rank is not Rank.AHEAD)
        parts = attempt.stream(self._engine.reply(request))
        try:
            async for part in parts:
                yield part
        finally:
            await parts.aclose()

    @property
    def _last(self) -> bool:
        """Whether none that comes after could do whatever it can."""
        return not any(link.talks or not self.talks for link in self._after)


def available(minds: Sequence[LanguageModel], language: str, *, talking: bool = True) -> list[LanguageModel]:
    """Those to be asked in this language now, in their order; `talking`: for words, not for a choice alone."""
    return [mind for mind in minds if not isinstance(mind, MindLink) or mind.available(language, talking=talking)]
