"""Each rule, at its boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ari_app.dialer.policy import (
    Allowed,
    Asked,
    Code,
    PolicyError,
    PolicyFacts,
    Postponed,
    Refused,
    judge,
    read_policy,
    static,
)
from ari_app.dialer.policy.opening import Opening
from ari_app.ops.policy_settings import PolicySettings

KOLKATA = ZoneInfo("Asia/Kolkata")
POLICY = read_policy(PolicySettings())
ASKED = Asked("+919812345678", "exotel", "service", "+911600123456")
NOTHING = PolicyFacts()
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=KOLKATA)
"""A Wednesday."""


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 4) -> datetime:
    """By Kolkata's clocks, in UTC as the records have it."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=KOLKATA).astimezone(UTC)


def policy_of(**settings: object) -> PolicySettings:
    return PolicySettings.model_validate(settings)


def test_a_call_that_nothing_is_against_is_allowed() -> None:
    assert judge(ASKED, NOTHING, POLICY, NOON) == Allowed()


# -- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(8, 59, 59), at(9)),
        (at(9), None),
        (at(20, 59, 59), None),
        (at(21), at(9, day=5)),
        (at(23, 59, 59), at(9, day=5)),
        (at(0), at(9)),
    ],
)
def test_commercial_calls_are_made_from_nine_to_nine(now: datetime, until: datetime | None) -> None:
    found = judge(ASKED, NOTHING, POLICY, now)
    if until is None:
        assert found == Allowed()
    else:
        assert isinstance(found, Postponed)
        assert (found.until, found.code) == (until, Code.CALLING_HOURS)


def test_the_next_opening_may_be_too_late_for_the_call() -> None:
    tomorrow = at(9, day=5)
    for latest_at, expected in ((tomorrow, Postponed), (tomorrow - timedelta(seconds=1), Refused)):
        found = judge(replace(ASKED, latest_at=latest_at), NOTHING, POLICY, at(21))
        assert isinstance(found, expected)
        assert found.code is Code.CALLING_HOURS


def test_closed_days_and_holidays_are_passed_over() -> None:
    settings = policy_of(
        purposes={"service": {"days": ["mon", "tue", "wed", "thu", "fri"], "caller_ids": ["*"]}},
        closures=["2026-03-09"],
    )
    found = judge(ASKED, NOTHING, read_policy(settings), at(12, day=7))
    assert isinstance(found, Postponed)
    assert found.until == at(9, day=10), "Saturday, Sunday, a holiday on Monday: Tuesday"


def test_hours_past_midnight_belong_to_the_day_on_which_they_began() -> None:
    night = Opening(22 * 60, 2 * 60, frozenset({4}))
    for now, opens in (
        (at(22, day=6), at(22, day=6)),
        (at(1, 59, 59, day=7), at(1, 59, 59, day=7)),
        (at(2, day=7), at(22, day=13)),
        (at(1, day=6), at(22, day=6)),
    ):
        assert night.next_at(now, KOLKATA) == opens


def test_always_is_always() -> None:
    for hour in range(24):
        assert Opening().next_at(at(hour), KOLKATA) == at(hour)


def test_hours_keep_to_the_clock_on_the_wall_where_it_is_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    opening = Opening(9 * 60, 21 * 60)
    for before in (datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 10, 24, 22, tzinfo=berlin)):
        opens = opening.next_at(before, berlin)
        assert opens is not None
        assert opens.astimezone(berlin).replace(tzinfo=None) == (before + timedelta(hours=11)).replace(tzinfo=None)


def test_who_is_never_open_is_refused() -> None:
    closures = frozenset(date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(600))
    assert Opening(closures=closures).next_at(NOON, KOLKATA) is None


# -- the number -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+919812345678", ""),
        ("+918041234567", ""),
        ("+9198123456", "no valid number"),
        ("+910000000000", "no valid number"),
        ("9812345678", "no valid number"),
        ("1234", "no valid number"),
        ("+14155552671", "is in US"),
        ("+911800123456", "of the kind toll_free"),
    ],
)
def test_numbers_are_valid_in_the_country_and_of_a_kind(number: str, reason: str) -> None:
    found = static(replace(ASKED, number=number), POLICY)
    if not reason:
        assert found is None
    else:
        assert found is not None
        assert (found.code, found.field) == (Code.NUMBER, "to")
        assert reason in found.reason


@pytest.mark.parametrize("number", ["12", "123456", "+910000000000"])
def test_the_test_trunk_takes_extensions_at_any_hour_from_any_caller_id(number: str) -> None:
    busy = PolicyFacts(attempts=1000, attempts_of_purpose=1000)
    assert judge(Asked(number, "test-trunk"), busy, POLICY, at(3)) == Allowed()


def test_the_test_trunk_has_checks_of_its_own() -> None:
    assert isinstance(judge(Asked("1", "test-trunk"), NOTHING, POLICY, NOON), Refused)
    assert isinstance(judge(Asked("12", "test-trunk"), PolicyFacts(do_not_call="caller"), POLICY, NOON), Refused)
    assert isinstance(judge(Asked("12", "test-trunk"), PolicyFacts(off=""), POLICY, NOON), Postponed)


def test_the_test_trunk_can_be_held_to_all_rules() -> None:
    strict = read_policy(policy_of(test_trunk_too=True))
    found = judge(replace(ASKED, trunk="test-trunk"), NOTHING, strict, at(22))
    assert isinstance(found, Postponed)


# -- caller ids -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "caller", "fits"),
    [
        ("service", "+911600123456", True),
        ("", "+911600123456", True),
        ("service", "+911401234567", False),
        ("promotional", "+911401234567", True),
        ("promotional", "+911600123456", False),
        ("service", "+918041234567", False),
        ("service", "", False),
    ],
)
def test_each_purpose_shows_its_own_series(purpose: str, caller: str, fits: bool) -> None:
    found = static(replace(ASKED, purpose=purpose, caller=caller), POLICY)
    assert (found is None) is fits
    assert found is None or (found.code, found.field) == (Code.CALLER_ID, "from")


def test_a_purpose_without_caller_ids_is_not_called_for() -> None:
    found = static(ASKED, read_policy(policy_of(purposes={"service": {}})))
    assert found is not None
    assert "policy.purposes.service.caller_ids" in found.reason


def test_an_unknown_purpose_is_refused() -> None:
    found = static(replace(ASKED, purpose="survey"), POLICY)
    assert found is not None
    assert (found.code, found.field) == (Code.PURPOSE, "purpose")


# -- the list, the day, the money, the switch -------------------------------------------------------------------------


def test_listed_numbers_are_refused() -> None:
    found = judge(ASKED, PolicyFacts(do_not_call="caller"), POLICY, NOON)
    assert isinstance(found, Refused)
    assert found.code is Code.DO_NOT_CALL


@pytest.mark.parametrize(
    ("purpose", "facts", "allowed"),
    [
        ("service", PolicyFacts(attempts=99, attempts_of_purpose=99), True),
        ("service", PolicyFacts(attempts=100, attempts_of_purpose=0), False),
        ("promotional", PolicyFacts(attempts=9, attempts_of_purpose=0), True),
        ("promotional", PolicyFacts(attempts=9, attempts_of_purpose=1), False),
    ],
)
def test_a_number_is_dialled_so_often_a_day(purpose: str, facts: PolicyFacts, allowed: bool) -> None:
    caller = {"service": "+911600123456", "promotional": "+911401234567"}[purpose]
    found = judge(replace(ASKED, purpose=purpose, caller=caller), facts, POLICY, NOON)
    if allowed:
        assert found == Allowed()
    else:
        assert isinstance(found, Postponed)
        assert (found.code, found.until) == (Code.ATTEMPTS_PER_DAY, at(9, day=5)), "moved into tomorrow's hours"


def test_the_day_s_cost_stays_under_its_cap() -> None:
    policy = read_policy(policy_of(spend_cap_rupees=10, tariffs={"exotel": 0.6}))
    for spent, underway, allowed in ((940, 0, True), (941, 0, False), (820, 2, True), (821, 2, False)):
        facts = PolicyFacts(spent_paise=spent, underway={"exotel": underway, "test-trunk": 7})
        found = judge(ASKED, facts, policy, NOON)
        assert isinstance(found, Allowed if allowed else Postponed), (spent, underway)
        assert isinstance(found, Allowed) or (found.code, found.until) == (Code.SPEND_CAP, at(9, day=5))
    assert judge(Asked("12", "test-trunk"), PolicyFacts(spent_paise=5000), policy, NOON) == Allowed()


def test_a_cap_without_a_tariff_can_t_be_kept() -> None:
    found = judge(ASKED, NOTHING, read_policy(policy_of(spend_cap_rupees=10)), NOON)
    assert isinstance(found, Refused)
    assert "policy.tariffs.exotel" in found.reason


def test_cost_is_by_started_minute() -> None:
    policy = read_policy(policy_of(tariffs={"exotel": 0.6}))
    assert [policy.cost("exotel", seconds) for seconds in (0, 0.1, 60, 60.1, 120)] == [0, 60, 60, 120, 120]
    assert policy.cost("test-trunk", 600) == 0


def test_days_begin_at_kolkata_s_midnight() -> None:
    assert POLICY.day(datetime(2026, 3, 4, 18, 29, 59, tzinfo=UTC)) == "2026-03-04"
    assert POLICY.day(datetime(2026, 3, 4, 18, 30, tzinfo=UTC)) == "2026-03-05"


def test_while_dialling_is_off_all_is_asked_for_again_soon() -> None:
    found = judge(ASKED, PolicyFacts(off="wrong prices"), POLICY, at(23))
    assert isinstance(found, Postponed)
    assert (found.code, found.until - at(23)) == (Code.SWITCHED_OFF, timedelta(seconds=1))
    assert "wrong prices" in found.reason


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"purposes": {"service": {"hours": "9-21"}}},
        {"purposes": {"service": {"hours": "09:00-09:00"}}},
        {"purposes": {"service": {"hours": "25:00-26:00"}}},
        {"purposes": {"service": {"days": []}}},
        {"purposes": {"survey": {}}},
        {"countries": ["India"]},
        {"spend_cap_rupees": -1},
        {"spelled_wrong": 1},
    ],
)
def test_settings_that_can_t_be_read_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        policy_of(**settings)


@pytest.mark.parametrize(
    ("settings", "key"), [({"zone": "Asia/Nowhere"}, "policy.zone"), ({"kinds": ["landline"]}, "policy.kinds")]
)
def test_a_policy_that_can_t_be_made_names_the_key(settings: dict[str, object], key: str) -> None:
    with pytest.raises(PolicyError, match=key):
        read_policy(policy_of(**settings))
