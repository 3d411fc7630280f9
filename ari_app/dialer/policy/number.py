"""Numbers that may be dialled: valid ones, of an allowed country and kind. On free trunks, extensions too.

Validity and kind are those of the numbering plans in `phonenumbers` (Google's libphonenumber).
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from ari_app.dialer.policy.model import Asked, Code, Policy, Refused

KINDS = {name.lower(): value for name, value in vars(PhoneNumberType).items() if isinstance(value, int)}
"""The kinds that there are, by their names in settings: mobile, fixed_line, fixed_line_or_mobile, toll_free …"""
_NAMES = {value: name for name, value in KINDS.items()}
_OWN_PHONES = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{2,6}")
"""What a trunk to our own phones takes: as `ari_app.api.models.NUMBER` has it."""


def number(asked: Asked, policy: Policy) -> Refused | None:
    """Refuses what is no number, and numbers elsewhere or of another kind."""
    if asked.trunk in policy.free_trunks:
        known = _OWN_PHONES.fullmatch(asked.number)
        return None if known else _refused(f"expected E.164 or 2 to 6 digits, got {asked.number!r}")
    found = _parsed(asked.number)
    if found is None or not phonenumbers.is_valid_number(found):
        return _refused(f"{asked.number} is no valid number: expected E.164, such as +919812345678")
    country, kind = phonenumbers.region_code_for_number(found), _NAMES[phonenumbers.number_type(found)]
    if country not in policy.countries:
        return _refused(f"{asked.number} is in {country}: expected a number in {_either(policy.countries)}")
    if kind not in policy.kinds:
        return _refused(f"{asked.number} is of the kind {kind}: expected {_either(policy.kinds)}")
    return None


def _parsed(text: str) -> PhoneNumber | None:
    if not text.startswith("+"):
        return None
    try:
        return phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None


def _either(names: frozenset[str]) -> str:
    return " or ".join(sorted(names)) or "none: policy allows none"


def _refused(reason: str) -> Refused:
    return Refused(Code.NUMBER, reason, "to")
