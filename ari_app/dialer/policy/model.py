"""What the policy is asked, what it knows, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ari_app.dialer.policy.opening import Opening

MINUTE_S = 60


class Code(StrEnum):
    """Which rule spoke."""

    PURPOSE = "purpose"
    NUMBER = "number"
    CALLER_ID = "caller_id"
    DO_NOT_CALL = "do_not_call"
    SWITCHED_OFF = "switched_off"
    CALLING_HOURS = "calling_hours"
    ATTEMPTS_PER_DAY = "attempts_per_day"
    SPEND_CAP = "spend_cap"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that somebody wants made. `purpose` "" is the policy's usual one."""

    number: str
    trunk: str
    purpose: str = ""
    caller: str = ""
    """The caller id that its phone would show."""
    latest_at: datetime | None = None
    """No attempt begins later."""


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What the records say of the number, the day and the switches."""

    do_not_call: str = ""
    """Who put the number on the list (operator, import, caller); "" when it is not on it."""
    attempts: int = 0
    """Times that the number was dialled today, for whatever purpose."""
    attempts_of_purpose: int = 0
    spent_paise: int = 0
    """What today's calls cost so far, on all trunks."""
    underway: Mapping[str, int] = field(default_factory=dict)
    """Attempts that have not ended, by trunk: none of them is in `spent_paise` yet."""
    off: str | None = None
    """Why dialling is switched off; None while it is on."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What one kind of call is allowed. An empty `caller_ids` allows none."""

    opening: Opening
    caller_ids: tuple[str, ...]
    """Whole numbers, or beginnings that end in `*`."""
    attempts_per_day: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules as the settings give them. Money is in paise."""

    zone: ZoneInfo
    usual_purpose: str
    purposes: Mapping[str, Purpose]
    countries: frozenset[str]
    """ISO 3166 regions that may be dialled."""
    kinds: frozenset[str]
    """Kinds of number that may be dialled, in the words of `ari_app.dialer.policy.number`."""
    attempts_per_day: int | None
    spend_cap: int | None
    tariffs: Mapping[str, int]
    """By trunk, for each started minute of talk."""
    free_trunks: frozenset[str]
    """Trunks that reach nobody but our own phones: neither hours nor caller ids nor daily attempts count on them."""

    def purpose_of(self, asked: Asked) -> Purpose | None:
        """What the call is for, if the policy knows it."""
        return self.purposes.get(asked.purpose or self.usual_purpose)

    def day(self, at: datetime) -> str:
        """The day (YYYY-MM-DD) of a moment, where the policy counts days."""
        return at.astimezone(self.zone).date().isoformat()

    def cost(self, trunk: str, talked_s: float) -> int:
        """What a call of this many answered seconds costs, in paise; 0 for one that nobody answered."""
        return self.tariffs.get(trunk, 0) * math.ceil(max(0.0, talked_s) / MINUTE_S)


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be dialled now."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: ask again at `until`."""

    until: datetime
    code: Code
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never. `field`: of the request, where one is to blame."""

    code: Code
    reason: str
    field: str = ""


Verdict = Allowed | Postponed | Refused
