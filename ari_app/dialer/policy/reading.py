"""The policy of the settings."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ari_app.dialer.policy.model import Policy, Purpose
from ari_app.dialer.policy.number import KINDS
from ari_app.dialer.policy.opening import Opening
from ari_app.ops.policy_settings import DAYS, PolicySettings, PurposeSettings, minutes_of

_PAISE = 100


class PolicyError(ValueError):
    """Settings that no policy can be made of; nothing is dialled then."""


def read_policy(settings: PolicySettings, *, free_trunk: str = "test-trunk") -> Policy:
    """Raises `PolicyError`, naming the key. `free_trunk` reaches only our own phones."""
    closures = frozenset(settings.closures)
    return Policy(
        zone=_zone(settings.zone),
        usual_purpose=settings.default_purpose,
        purposes={name: _purpose(one, closures) for name, one in settings.purposes.items()},
        countries=frozenset(settings.countries),
        kinds=_kinds(settings.kinds),
        attempts_per_day=settings.attempts_per_day,
        spend_cap=round(settings.spend_cap_rupees * _PAISE) if settings.spend_cap_rupees is not None else None,
        tariffs={free_trunk: 0} | {trunk: round(rupees * _PAISE) for trunk, rupees in settings.tariffs.items()},
        free_trunks=frozenset() if settings.test_trunk_too else frozenset({free_trunk}),
    )


def _purpose(settings: PurposeSettings, closures: frozenset[date]) -> Purpose:
    opens, closes = minutes_of(settings.hours)
    days = frozenset(DAYS.index(day) for day in settings.days)
    opening = Opening(opens, closes, days, closures)
    return Purpose(opening, settings.caller_ids, settings.attempts_per_day)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PolicyError(f"policy.zone: expected a time zone such as Asia/Kolkata, got {name!r} ({error})") from error


def _kinds(names: tuple[str, ...]) -> frozenset[str]:
    if wrong := [name for name in names if name not in KINDS]:
        raise PolicyError(f"policy.kinds: expected some of {', '.join(sorted(KINDS))}; got {', '.join(wrong)}")
    return frozenset(names)
