"""Where a call's decisions are committed, and what its flow asks and sends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.deciding import WITHIN_S, WithdrawnError, decided
from ari_app.jupiter.client import ServiceError
from ari_app.jupiter.services import Services
from ari_app.store.calls import CallStore
from ari_app.store.records import CallRecord, Decision, Direction, NewCall
from ari_app.store.result import subject_of
from ivr_flows.commands import Fetch
from ivr_flows.routes import to_e164


class BackendError(Exception):
    """A decision could not be committed, or a lookup or submission not answered; the text says why."""


class Backend(Protocol):
    """One call's."""

    async def decide(self, outcome: str, data: Mapping[str, object]) -> Decision:
        """Commit the call's decision with its result; when it returns or raises, what became of it is certain.

        Raises `BackendError`.
        """

    async def opt_out(self) -> None:
        """Have the other side's number called no more. Raises `BackendError`."""

    async def fetch(self, fetch: Fetch) -> Mapping[str, object]:
        """Look something up, or send it, within its time. Raises `BackendError`."""


class CallBackend:
    """A `Backend`: the store, Jupiter and the other services."""

    def __init__(self, record: NewCall | CallRecord, store: CallStore, services: Services) -> None:
        self._record = record
        self._store = store
        self._services = services

    async def decide(self, outcome: str, data: Mapping[str, object]) -> Decision:
        """Commit it, with its result."""
        subject = subject_of(self._record)
        try:
            return await decided(partial(self._store.decide, self._record.id, subject, outcome, data))
        except WithdrawnError as error:
            raise BackendError(f"the decision could not be committed within {WITHIN_S:g} s") from error
        except (SQLAlchemyError, TimeoutError) as error:
            raise BackendError(f"whether the decision was committed is not known: {error}") from error

    async def opt_out(self) -> None:
        """Put the number on the do-not-call list, with the call on which its owner said so."""
        number = to_e164(self._record.to if self._record.direction is Direction.OUTBOUND else self._record.caller)
        if not number:
            raise BackendError("the number is withheld: there is nothing to put on the do-not-call list")
        try:
            await self._store.policy.opt_out(number, self._record.id)
        except SQLAlchemyError as error:
            raise BackendError(f"the opt-out could not be committed: {error}") from error

    async def fetch(self, fetch: Fetch) -> Mapping[str, object]:
        """Ask the service that it names."""
        try:
            return await self._services.fetch(fetch, self._record.id)
        except ServiceError as error:
            raise BackendError(str(error)) from error
