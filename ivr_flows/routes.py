"""Which flow answers a call: by the number that was dialled, the trunk that it came over, its headers, and the hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

_NOISE = re.compile(r"[\s().-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def to_e164(number: str) -> str:
    """A dialled number with its country: Indian numbers in any usual form get +91; extensions and names stay."""
    plain = _NOISE.sub("", number.removeprefix("tel:"))
    digits = plain.removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return number.strip()
    if plain.startswith("+"):
        return plain
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0") and len(digits) == 11:
        return f"+91{digits[1:]}"
    if len(digits) == 10:
        return f"+91{digits}"
    return f"+{digits}" if digits.startswith("91") and len(digits) == 12 else digits


def is_e164(number: str) -> bool:
    """Whether it is a whole number with its country (ITU-T E.164): no extension, no name, not withheld."""
    return _E164.fullmatch(number) is not None


@dataclass(frozen=True, slots=True)
class Arriving:
    """A call as it arrives: what was dialled, over which trunk, with which SIP headers, and when (aware)."""

    dialled: str
    trunk: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    at: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """A route as written. `number` exact, or `prefix`, or neither (any number); `trunk` "" is any trunk.

    `headers`: values by name; a value's * at its end stands for any rest. `hours` "" is always, else `closed` is the
    flow at other times, or "". `ask`: who says whether to answer, and with which flow; "" for nobody. `call_back`:
    whether an open order of the caller's comes before the flow.
    """

    flow: str
    number: str = ""
    prefix: str = ""
    trunk: str = ""
    inputs: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    hours: str = ""
    closed: str = ""
    ask: str = ""
    call_back: bool = True

    def matches(self, call: Arriving) -> bool:
        """Whether this route is for this call, at whatever time."""
        if self.trunk and self.trunk != call.trunk:
            return False
        number = to_e164(call.dialled)
        if not (number == self.number if self.number else number.startswith(self.prefix)):
            return False
        given = {name.lower(): value.strip() for name, value in call.headers.items()}
        return all(_fits(given.get(name.lower()), value) for name, value in (self.headers or {}).items())

    @property
    def precision(self) -> tuple[bool, int, bool, int]:
        """How exactly it matches: an exact number before the longest prefix before any; then a trunk; then headers."""
        return bool(self.number), len(self.prefix), bool(self.trunk), len(self.headers or {})


def _fits(given: str | None, wanted: str) -> bool:
    if given is None:
        return False
    return given.startswith(wanted[:-1]) if wanted.endswith("*") else given == wanted


@dataclass(frozen=True, slots=True)
class Choice:
    """The route of a call, and the flow that answers it now: the route's own, or the one for closed hours."""

    rule: Rule
    flow: str


def choose(rules: Sequence[Rule], call: Arriving, is_open: Callable[[str], bool]) -> Choice | None:
    """The most exact of the routes for this call, the first of equals. `is_open`: whether these hours are, now.

    A route that is closed, with no flow for that, leaves the call to the next.
    """
    fitting = [rule for rule in rules if rule.matches(call)]
    for rule in sorted(fitting, key=lambda rule: rule.precision, reverse=True):
        if not rule.hours or is_open(rule.hours):
            return Choice(rule, rule.flow)
        if rule.closed:
            return Choice(rule, rule.closed)
    return None
