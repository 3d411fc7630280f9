"""Between the queue and the telephone network: the policy, asked within the transaction that begins an attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.queue import Verdict
from ari_app.store.records import CallRecord


class OpenGate:
    """Lets everything pass."""

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        """It may be dialled."""
        return Verdict()
