"""The other rules, each a function. A rule that has nothing against the call says None."""

from __future__ import annotations

from datetime import datetime, timedelta

from ari_app.dialer.policy.model import Asked, Code, Policy, PolicyFacts, Postponed, Refused
from ari_app.dialer.policy.opening import start_of_next_day

SWITCH_AGAIN_S = 1.0
"""How soon a call is asked for again while dialling is off."""
_PAISE = 100


def purpose(asked: Asked, policy: Policy) -> Refused | None:
    """Refuses purposes that the policy does not know: nothing says what they are allowed."""
    if policy.purpose_of(asked) is not None:
        return None
    known = ", ".join(sorted(policy.purposes)) or "none is configured (policy.purposes)"
    named = asked.purpose or policy.usual_purpose
    return Refused(Code.PURPOSE, f"expected one of {known}; got {named!r}", "purpose")


def caller_id(asked: Asked, policy: Policy) -> Refused | None:
    """Refuses caller ids that the purpose does not allow, and all of them where it allows none."""
    rule = policy.purpose_of(asked)
    if rule is None or asked.trunk in policy.free_trunks:
        return None
    if any(_fits(asked.caller, pattern) for pattern in rule.caller_ids):
        return None
    name = asked.purpose or policy.usual_purpose
    allowed = ", ".join(rule.caller_ids) or "none is configured"
    reason = (
        f"{asked.caller or 'no caller id'} may not be shown for {name} calls: expected {allowed} "
        f"(policy.purposes.{name}.caller_ids)"
    )
    return Refused(Code.CALLER_ID, reason, "from")


def do_not_call(facts: PolicyFacts) -> Refused | None:
    """Refuses numbers on the list."""
    if not facts.do_not_call:
        return None
    return Refused(Code.DO_NOT_CALL, f"the number is on the do-not-call list (source: {facts.do_not_call})", "to")


def switched_off(facts: PolicyFacts, now: datetime) -> Postponed | None:
    """Holds everything while dialling is off."""
    if facts.off is None:
        return None
    why = f": {facts.off}" if facts.off else ""
    return Postponed(now + timedelta(seconds=SWITCH_AGAIN_S), Code.SWITCHED_OFF, f"dialling is switched off{why}")


def calling_hours(asked: Asked, policy: Policy, at: datetime) -> Postponed | Refused | None:
    """Puts calls off to the purpose's next opening hours."""
    rule = policy.purpose_of(asked)
    if rule is None or asked.trunk in policy.free_trunks:
        return None
    opens = rule.opening.next_at(at, policy.zone)
    if opens is None:
        return Refused(Code.CALLING_HOURS, "no calling hours within a year")
    if opens <= at:
        return None
    local = opens.astimezone(policy.zone)
    reason = f"outside calling hours; the next begin {local:%Y-%m-%d %H:%M} {policy.zone.key}"
    return Postponed(opens, Code.CALLING_HOURS, reason)


def attempts_per_day(asked: Asked, facts: PolicyFacts, policy: Policy, now: datetime) -> Postponed | None:
    """Puts calls to numbers that were dialled often enough today off to tomorrow."""
    rule = policy.purpose_of(asked)
    if rule is None or asked.trunk in policy.free_trunks:
        return None
    for dialled, most, what in (
        (facts.attempts_of_purpose, rule.attempts_per_day, f" for {asked.purpose or policy.usual_purpose}"),
        (facts.attempts, policy.attempts_per_day, ""),
    ):
        if most is not None and dialled >= most:
            reason = f"the number was dialled {dialled} times today{what}; {most} are allowed"
            return Postponed(start_of_next_day(now, policy.zone), Code.ATTEMPTS_PER_DAY, reason)
    return None


def spend_cap(asked: Asked, facts: PolicyFacts, policy: Policy, now: datetime) -> Postponed | Refused | None:
    """Keeps a day's cost under its cap; every call under way, and this one, counts with its first minute."""
    if policy.spend_cap is None:
        return None
    tariff = policy.tariffs.get(asked.trunk)
    if tariff is None:
        return Refused(Code.SPEND_CAP, f"policy.spend_cap_rupees needs policy.tariffs.{asked.trunk}")
    begun = sum(policy.tariffs.get(trunk, 0) * count for trunk, count in facts.underway.items())
    if tariff == 0 or facts.spent_paise + begun + tariff <= policy.spend_cap:
        return None
    cap, spent = policy.spend_cap / _PAISE, (facts.spent_paise + begun) / _PAISE
    reason = f"today's calls cost {spent:.2f} rupees so far; the cap is {cap:.2f}"
    return Postponed(start_of_next_day(now, policy.zone), Code.SPEND_CAP, reason)


def _fits(caller: str, pattern: str) -> bool:
    return caller.startswith(pattern[:-1]) if pattern.endswith("*") else caller == pattern
