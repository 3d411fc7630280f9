"""A flow's `Think` and `ThinkOn` on a call: each piece of a mind's answer as an event, to its end or a cut."""

from __future__ import annotations

from collections.abc import Sequence

from ari_app.calls.attention import Attention
from ari_app.calls.history import History
from ari_app.calls.thinking import Answer, Lookup, ThinkingError, Thoughts
from ivr_flows.commands import Think, ThinkOn
from ivr_flows.events import Failed, Thought
from media.llm.protocol import LanguageModel


class Thinker:
    """One call's. At most one answer is under way; what was begun and is not asked on for is stopped."""

    def __init__(self, attention: Attention, history: History, lookup: Lookup) -> None:
        self._attention = attention
        self._history = history
        self._lookup = lookup
        self._thoughts: Thoughts | None = None
        self._answers: list[Answer] = []
        self._asked_ms = self._first_ms = 0

    async def answer(self, asked: Think | ThinkOn, minds: Sequence[LanguageModel]) -> Thought | Failed:
        """The beginning of an answer, or what follows it. Raises `CutShortError`."""
        if isinstance(asked, Think):
            self._thoughts = Thoughts(minds, asked, self._lookup)
            self._answers = []
            self._asked_ms = self._history.ms()
        if self._thoughts is None:
            return Failed(self._history.ms(), "the answer that was begun is lost")
        timeout_s, more = asked.timeout_ms / 1000, False
        try:
            answer = await self._attention.unless_cut_short(self._thoughts.next(), timeout_s)
            more = answer.more
        except (ThinkingError, TimeoutError) as error:
            reason = str(error) or f"no answer within {timeout_s:g} s"
            self._history.note("thinking_failed", error=reason)
            return Failed(self._history.ms(), reason)
        finally:
            if not more:
                thoughts, self._thoughts = self._thoughts, None
                await thoughts.close()
        return self._told(answer)

    def _told(self, answer: Answer) -> Thought:
        now = self._history.ms()
        self._first_ms = self._first_ms if self._answers else now
        self._answers.append(answer)
        if not answer.more:
            self._history.note(
                "thought",
                took_ms=now - self._asked_ms,
                first_ms=self._first_ms - self._asked_ms,
                engine=answer.engine,
                text=" ".join(answer.text for answer in self._answers if answer.text),
                exit=answer.exit,
            )
        return Thought(now, answer.text, answer.exit, answer.confidence, answer.more)
