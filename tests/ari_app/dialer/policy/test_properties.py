"""Whatever is asked: what is allowed breaks no rule, and what is put off comes at an open hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ari_app.dialer.policy import Allowed, Asked, PolicyFacts, Postponed, judge, read_policy, static
from ari_app.ops.policy_settings import PolicySettings

POLICY = read_policy(
    PolicySettings.model_validate(
        {
            "purposes": {
                "service": {"caller_ids": ["+911600*"], "attempts_per_day": 3},
                "night": {"hours": "20:00-02:00", "days": ["fri", "sat"], "caller_ids": ["*"]},
            },
            "closures": ["2026-03-07"],
            "attempts_per_day": 5,
            "spend_cap_rupees": 10,
            "tariffs": {"exotel": 0.6},
        }
    )
)
MOMENTS = st.integers(0, 28 * 86_400).map(
    lambda passed_s: datetime(2026, 2, 20, tzinfo=UTC) + timedelta(seconds=passed_s)
)
ASKED = st.builds(
    Asked,
    number=st.sampled_from(["+919812345678", "+14155552671", "12", "+911800123456"]),
    trunk=st.sampled_from(["exotel", "test-trunk", "elsewhere"]),
    purpose=st.sampled_from(["", "service", "night", "survey"]),
    caller=st.sampled_from(["+911600123456", "+918041234567", ""]),
    latest_at=st.none() | MOMENTS,
)
FACTS = st.builds(
    PolicyFacts,
    do_not_call=st.sampled_from(["", "", "", "caller"]),
    attempts=st.integers(0, 6),
    attempts_of_purpose=st.integers(0, 4),
    spent_paise=st.integers(0, 1100),
    underway=st.fixed_dictionaries({"exotel": st.integers(0, 3)}),
    off=st.sampled_from([None, None, None, "why"]),
)


@given(ASKED, FACTS, MOMENTS)
def test_what_is_allowed_breaks_no_rule(asked: Asked, facts: PolicyFacts, now: datetime) -> None:
    if judge(asked, facts, POLICY, now) != Allowed():
        return
    assert static(asked, POLICY) is None
    assert not facts.do_not_call
    assert facts.off is None
    if asked.trunk == "test-trunk":
        return
    assert asked.number == "+919812345678"
    assert facts.attempts < 5
    assert facts.spent_paise + 60 * (facts.underway["exotel"] + 1) <= 1000
    local = now.astimezone(POLICY.zone)
    if asked.purpose == "night":
        began = local if local.hour >= 20 else local - timedelta(days=1)
        assert local.hour >= 20 or local.hour < 2
        assert began.weekday() in (4, 5)
        assert began.date().isoformat() != "2026-03-07"
    else:
        assert 9 <= local.hour < 21
        assert local.date().isoformat() != "2026-03-07"
        assert facts.attempts_of_purpose < 3
        assert asked.caller.startswith("+911600")


@given(ASKED, FACTS, MOMENTS)
def test_what_is_put_off_comes_later_in_time_and_at_an_open_hour(
    asked: Asked, facts: PolicyFacts, now: datetime
) -> None:
    found = judge(asked, facts, POLICY, now)
    if not isinstance(found, Postponed):
        return
    assert found.until > now
    if facts.off is None:
        assert asked.latest_at is None or found.until <= asked.latest_at
        assert judge(asked, PolicyFacts(), POLICY, found.until) == Allowed()
