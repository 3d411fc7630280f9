"""Between the queue and the telephone network: the policy, asked within the transaction that begins an attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.policy.judging import judge, static
from ari_app.dialer.policy.model import Asked, Policy, Postponed, Refused
from ari_app.store.policy import gather
from ari_app.store.queue import Verdict
from ari_app.store.records import CallRecord, NewCall


class OpenGate:
    """Lets everything pass."""

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        """It may be dialled."""
        return Verdict()


class PolicyGate:
    """Asks the policy, with the facts as they stand in that transaction."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        """What the policy says of this call now."""
        policy, purpose = self._policy, call.terms.purpose
        facts = await gather(
            connection, number=call.to, purpose=purpose, now=now, zone=policy.zone, usual=policy.usual_purpose
        )
        verdict = judge(_asked(call), facts, policy, now)
        if isinstance(verdict, Refused):
            return Verdict(verdict.code, verdict.reason)
        if isinstance(verdict, Postponed):
            return Verdict(verdict.code, verdict.reason, verdict.until)
        return Verdict()

    def refuse(self, call: NewCall) -> Refused | None:
        """What can be said of a call before it is recorded; None: nothing is against it."""
        return static(_asked(call), self._policy)

    def charge(self, trunk: str, talked_s: float, at: datetime) -> tuple[str, int]:
        """The day that a talk counts for, and what it cost in paise."""
        return self._policy.day(at), self._policy.cost(trunk, talked_s)


def _asked(call: CallRecord | NewCall) -> Asked:
    return Asked(call.to, call.trunk, call.terms.purpose, call.caller, call.terms.latest_at)
