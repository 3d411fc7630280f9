"""The policy beside the records: what the queue asks before an attempt, the API before a 202, and an attempt's end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.policy import Allowed, Asked, Policy, Postponed, Refused, judge, static
from ari_app.store.policy import add_spend, gather
from ari_app.store.queue import Verdict
from ari_app.store.records import CallRecord, NewCall


class PolicyGate:
    """The `ari_app.store.queue.Gate` of a policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        """Whether this call may be dialled now, by what the records say within this transaction."""
        asked = asked_of(call)
        facts = await gather(
            connection,
            number=asked.number,
            purpose=asked.purpose,
            now=now,
            zone=self._policy.zone,
            usual=self._policy.usual_purpose,
        )
        match judge(asked, facts, self._policy, now):
            case Allowed():
                return Verdict()
            case Postponed(until, code, reason):
                return Verdict(code, reason, until)
            case Refused(code, reason):
                return Verdict(code, reason)

    def refuse(self, call: NewCall) -> Refused | None:
        """What is against a call before it is recorded, whatever the hour; `Dependencies.refuse` of the API."""
        return static(asked_of(call), self._policy)

    async def spend(
        self, connection: AsyncConnection, trunk: str, *, answered_at: datetime | None, ended_at: datetime
    ) -> None:
        """Add what an attempt cost to the day on which it ended; one that nobody answered costs nothing."""
        talked_s = (ended_at - answered_at).total_seconds() if answered_at else 0.0
        await add_spend(connection, trunk, self._policy.day(ended_at), self._policy.cost(trunk, talked_s))


def asked_of(call: CallRecord | NewCall) -> Asked:
    """What the policy is asked about a call."""
    return Asked(call.to, call.trunk, call.terms.purpose, call.caller, call.terms.latest_at)
