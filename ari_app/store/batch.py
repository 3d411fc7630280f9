"""Several calls recorded in one transaction: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import transactions
from ari_app.store.records import CallRecord, NewCall
from ari_app.store.transactions import IdempotencyConflictError


class BatchConflictError(Exception):
    """One of a batch's idempotency keys came before with another request: `index` says which."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


async def create_many(
    connection: AsyncConnection, *, calls: Sequence[NewCall], node: str, at: datetime
) -> list[CallRecord]:
    """Record new calls, or find those of their idempotency keys, in their order. Raises `BatchConflictError`."""
    records = []
    for index, call in enumerate(calls):
        try:
            records.append(await transactions.create(connection, call=call, node=node, at=at))
        except IdempotencyConflictError as error:
            raise BatchConflictError(index, str(error)) from error
    return records
