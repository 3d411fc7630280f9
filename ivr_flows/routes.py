"""Which flow answers a call: by the number that was dialled, and the trunk that it came over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NOISE = re.compile(r"[\s().-]")


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


@dataclass(frozen=True, slots=True)
class Rule:
    """A route as written. `number` exact, or `prefix`, or neither (any number); `trunk` "" is any trunk."""

    flow: str
    number: str = ""
    prefix: str = ""
    trunk: str = ""
    inputs: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    hours: str = ""
    closed: str = ""

    def matches(self, dialled: str, trunk: str) -> bool:
        """Whether this route is for this call. `dialled` in E.164."""
        if self.trunk and self.trunk != trunk:
            return False
        return dialled == self.number if self.number else dialled.startswith(self.prefix)

    @property
    def precision(self) -> tuple[bool, int, bool]:
        """How exactly it matches: an exact number before the longest prefix before any; a named trunk before any."""
        return bool(self.number), len(self.prefix), bool(self.trunk)


def choose(rules: Sequence[Rule], dialled: str, trunk: str) -> Rule | None:
    """The most exact of the routes for this call; the first of equals."""
    number = to_e164(dialled)
    fitting = [rule for rule in rules if rule.matches(number, trunk)]
    return max(fitting, key=lambda rule: rule.precision, default=None)
