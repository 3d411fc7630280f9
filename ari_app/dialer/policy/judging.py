"""The verdict: what refuses comes before what puts off, and the longest delay counts, moved into calling hours."""

from __future__ import annotations

from datetime import datetime

from ari_app.dialer.policy import rules
from ari_app.dialer.policy.model import Allowed, Asked, Policy, PolicyFacts, Postponed, Refused, Verdict
from ari_app.dialer.policy.number import number


def static(asked: Asked, policy: Policy) -> Refused | None:
    """What can be said of a call before it is recorded, whatever the hour."""
    return rules.purpose(asked, policy) or number(asked, policy) or rules.caller_id(asked, policy)


def judge(asked: Asked, facts: PolicyFacts, policy: Policy, now: datetime) -> Verdict:
    """Whether the call may be dialled now, later, or never. `now` needs a time zone."""
    if refused := static(asked, policy) or rules.do_not_call(facts):
        return refused
    if held := rules.switched_off(facts, now):
        return held
    said = [
        rules.attempts_per_day(asked, facts, policy, now),
        rules.spend_cap(asked, facts, policy, now),
        rules.calling_hours(asked, policy, now),
    ]
    if refused := next((one for one in said if isinstance(one, Refused)), None):
        return refused
    put_off = [one for one in said if isinstance(one, Postponed)]
    if not put_off:
        return Allowed()
    return _in_hours(max(put_off, key=lambda one: one.until), asked, policy)


def _in_hours(postponed: Postponed, asked: Asked, policy: Policy) -> Postponed | Refused:
    """The same, at a time at which the purpose may be dialled; refused when that is too late for the call."""
    moved = rules.calling_hours(asked, policy, postponed.until)
    if isinstance(moved, Refused):
        return moved
    until = moved.until if moved else postponed.until
    if asked.latest_at is not None and until > asked.latest_at:
        return Refused(
            postponed.code, f"{postponed.reason}; the call may not begin after {asked.latest_at:%Y-%m-%d %H:%M %Z}"
        )
    return Postponed(until, postponed.code, postponed.reason)
