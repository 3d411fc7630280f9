"""A mind in its place in a chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from media.chain import Link, Purpose
from media.llm.protocol import LanguageModel, Request, Text, ToolCall
from media.workers.line import Rank


class MindLink(Link[LanguageModel]):
    """A `LanguageModel` for the languages of its chain. `after`: those that are asked when it can't."""

    @property
    def talks(self) -> bool:
        """Whether it answers in words, and is asked to."""
        return self._engine.talks and self.is_for(Purpose.TALK)

    @property
    def chooses(self) -> bool:
        """Whether it is asked which option is meant."""
        return self.is_for(Purpose.CHOICES)

    def available(self, language: str, *, talking: bool) -> bool:
        """Whether it is to be asked in this language now; the last that could talk (or choose) always is."""
        if language not in self._scope or not (talking or self.chooses):
            return False
        return self._watch.ready or not any(link.talks if talking else link.chooses for link in self._after)

    async def reply(self, request: Request) -> AsyncGenerator[Text | ToolCall, None]:
        """The answer as it comes. Raises as the engine does, `EngineRestingError` and `EngineBusyError`."""
        attempt = self._watch.begin(last=self._last(request), awaited=request.rank is not Rank.AHEAD)
        parts = attempt.stream(self._engine.reply(request))
        try:
            async for part in parts:
                yield part
        finally:
            await parts.aclose()

    def _last(self, request: Request) -> bool:
        """Whether none that comes after could do what it is asked."""
        choice = request.only_calls or not self.talks
        return not any(link.chooses if choice else link.talks for link in self._after)


def available(minds: Sequence[LanguageModel], language: str, *, talking: bool = True) -> list[LanguageModel]:
    """Those to be asked in this language now, in their order; `talking`: for words, not for a choice alone."""
    return [mind for mind in minds if not isinstance(mind, MindLink) or mind.available(language, talking=talking)]
