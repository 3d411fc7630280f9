"""Whether one more call may begin: by how many there are, and by how well the media loop keeps its beat. Pure.

Two thresholds keep it from flapping: new calls are refused once the loop was later than `refuse_late_ms` over the last
`LOOK_S` seconds, and taken again once it has kept within `admit_late_ms` for `calm_s`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LOOK_S = 2.0
"""How far back a new call's loop is judged."""
FEWEST = 8
"""Calls below which the load is not theirs: to refuse one more would not help those that are there."""


class Reason(StrEnum):
    """Why a call may not begin."""

    FULL = "full"
    """As many calls as may be are in progress."""
    OVERLOADED = "overloaded"
    """The media loop is late: one more would be heard by those in progress."""
    CLOSING = "closing"
    """Mercury is stopping."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What calls may take. `refuse_late_ms` 0: their number alone counts."""

    most: int
    refuse_late_ms: float
    admit_late_ms: float
    calm_s: float


class Admission:
    """One node's. `lateness_ms`: seconds → the 99th percentile of the media loop's lateness over them."""

    def __init__(self, budget: Budget, lateness_ms: Callable[[float], float]) -> None:
        self._budget = budget
        self._lateness_ms = lateness_ms
        self._overloaded = False
        self._closing = False
        self.refused: Counter[Reason] = Counter()
        """Inbound calls that were not taken, by reason."""

    def close(self) -> None:
        """Take no more."""
        self._closing = True

    def obstacle(self, live: int) -> Reason | None:
        """Why one more beside so many may not begin now; None when it may."""
        if self._closing:
            return Reason.CLOSING
        if live >= self._budget.most:
            return Reason.FULL
        self._judge(live)
        return Reason.OVERLOADED if self._overloaded else None

    def refuse(self, reason: Reason) -> None:
        """Count a call that was not taken."""
        self.refused[reason] += 1

    def told(self, live: int) -> str:
        """For the health: how much room there is, how late the loop is, who was refused."""
        refused = ", ".join(f"{count} {reason}" for reason, count in sorted(self.refused.items())) or "none"
        obstacle = self.obstacle(live)
        state = f"refuses calls ({obstacle})" if obstacle else "takes calls"
        late = f"media loop at most {self._lateness_ms(LOOK_S):g} ms late (p99)"
        return f"{state}: {live} of {self._budget.most} calls, {late}; refused so far: {refused}"

    def _judge(self, live: int) -> None:
        budget = self._budget
        if not budget.refuse_late_ms or live < FEWEST:
            self._overloaded = False
        elif self._overloaded:
            self._overloaded = self._lateness_ms(budget.calm_s) > budget.admit_late_ms
        else:
            self._overloaded = self._lateness_ms(LOOK_S) > budget.refuse_late_ms
