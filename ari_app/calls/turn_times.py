"""Where the time of a turn went, from the caller's last voiced frame to the first of the answer. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from media.dialog.protocol import AgentStarted, TurnEnded
from media.flight.story import STAGES

_ORDER = tuple(STAGES)
_KEPT = 200
"""Latest turns that the figures are taken from."""


@dataclass(slots=True)
class _Turn:
    engine: str
    ended_at: float
    """Seconds: the last voiced frame."""
    times: list[float] = field(default_factory=list)
    """Seconds: the end of each stage so far."""
    utterance: str = ""

    def reach(self, stage: str, at: float) -> None:
        """Its stage is over, unless it was before, or one before it is not."""
        if _ORDER.index(stage) == len(self.times):
            self.times.append(max(at, self.times[-1] if self.times else self.ended_at))


@dataclass(frozen=True, slots=True)
class Latency:
    """What a turn took; `at`: seconds, when the last of its stages was over."""

    at: float
    facts: Mapping[str, object]


class TurnTimes:
    """One call's. Each turn is told once: when its answer is heard, or when it is certain that it has none."""

    def __init__(self) -> None:
        self._turn: _Turn | None = None
        self._filler_at: float | None = None

    def ended(self, turn: TurnEnded) -> Latency | None:
        """A turn has its text; gives the one before it, should that not be answered yet."""
        before = self.over()
        self._turn = _Turn(turn.engine, turn.speech_ended_at)
        self._turn.reach("endpoint_ms", turn.at - turn.recognised_ms / 1000)
        self._turn.reach("text_ms", turn.at)
        return before

    def understood(self, at: float) -> None:
        """The flow is told what it means."""
        if self._turn:
            self._turn.reach("meaning_ms", at)

    def says(self, utterance: str, at: float) -> None:
        """The flow says something; its first words after a turn are that turn's answer."""
        turn = self._turn
        if turn and not turn.utterance and len(turn.times) == _ORDER.index("words_ms"):
            turn.utterance = utterance
            turn.reach("words_ms", at)

    def began(self, event: AgentStarted) -> Latency | None:
        """Something is heard: the turn that it answers."""
        turn = self._turn
        if turn is None or not turn.utterance or event.utterance != turn.utterance:
            return None
        turn.reach("audio_ms", event.at if event.ready_at is None else event.ready_at)
        turn.reach("played_ms", event.at)
        return self.over()

    def filled(self, at: float) -> None:
        """The caller hears a filler."""
        self._filler_at = at

    def over(self) -> Latency | None:
        """Nothing answers the turn any more: as far as it came."""
        turn, self._turn = self._turn, None
        return _told(turn, self._filler_at) if turn else None


def _told(turn: _Turn, filler_at: float | None) -> Latency:
    """Whole milliseconds, of which the total is exactly the sum."""
    ends = [_ms(at - turn.ended_at) for at in turn.times]
    took = dict(zip(_ORDER, (end - before for end, before in zip(ends, [0, *ends], strict=False)), strict=False))
    facts: dict[str, object] = {**took, "total_ms": ends[-1], "engine": turn.engine}
    facts["answered"] = len(ends) == len(_ORDER)
    if filler_at is not None and turn.ended_at < filler_at:
        facts["filler_ms"] = _ms(filler_at - turn.ended_at)
    return Latency(turn.times[-1], facts)


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


class TurnFigures:
    """What callers of a node waited for, over its latest answered turns."""

    def __init__(self) -> None:
        self._took: deque[Mapping[str, object]] = deque(maxlen=_KEPT)

    def add(self, facts: Mapping[str, object]) -> None:
        """A turn's latency; one without an answer counts for nothing."""
        if facts["answered"]:
            self._took.append(facts)

    def __str__(self) -> str:
        if not self._took:
            return ""
        total = sorted(int(str(facts["total_ms"])) for facts in self._took)
        parts = ", ".join(f"{STAGES[stage]} {median(self._all(stage)):.0f}" for stage in STAGES)
        slow = total[min(len(total) - 1, len(total) * 95 // 100)]
        return f"{len(total)} turns: answered after {median(total):.0f} ms, 95 % within {slow} ms ({parts})"

    def _all(self, stage: str) -> list[int]:
        return [int(str(facts[stage])) for facts in self._took]
