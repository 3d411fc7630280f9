"""What is kept of a call and of its result: plain data, whatever database holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ari_app.store.terms import NO_TERMS, Terms


class Direction(StrEnum):
    """Which side began the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Status(StrEnum):
    """A call's status, in Twilio's words. Never goes backwards; one of the last five is final."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in FINAL


FINAL = frozenset({Status.COMPLETED, Status.BUSY, Status.NO_ANSWER, Status.FAILED, Status.CANCELED})


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to be recorded, before anything is done about it."""

    id: str
    direction: Direction
    flow: str
    flow_hash: str
    language: str
    to: str
    caller: str
    inputs: Mapping[str, object] = field(default_factory=dict)
    callback_url: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    idempotency_key: str = ""
    request_hash: str = ""
    """Of the request's body: the same key with another body is an error."""
    order_id: str = ""
    """The order that it is about; "" for none."""
    trunk: str = ""
    """That it is dialled on, or came in on."""
    terms: Terms = NO_TERMS
    due_at: datetime | None = None
    """Outbound: when its first attempt may begin; at once unless given."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as it stands."""

    id: str
    direction: Direction
    status: Status
    flow: str
    flow_hash: str
    language: str
    to: str
    caller: str
    inputs: Mapping[str, object]
    callback_url: str
    metadata: Mapping[str, object]
    node: str
    channel_id: str
    """The ARI channel of the attempt under way, or of the last one; "" before the first."""
    outcome: str
    """Of the flow, or what became of a call that nobody answered; "" while open."""
    data: Mapping[str, object]
    cause: int
    """Q.850 cause of the end; 0 while open."""
    reason: str
    """The end in words."""
    session: str
    """The flow's saved session (JSON) at its last wait; "" before the first."""
    order_id: str
    trunk: str
    terms: Terms
    rank: int
    """Its place in the queue: lower ones are dialled first."""
    due_at: datetime | None
    """Outbound: when its next attempt may begin; None while one is under way, and after the end."""
    attempt_no: int
    """Attempts begun."""
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody: one channel, one ringing phone."""

    call_id: str
    ordinal: int
    """1 the first."""
    channel_id: str
    number: str
    trunk: str
    node: str
    epoch: int
    """Of the node's life that began it."""
    at: datetime
    dialled_at: datetime | None
    """From here on the phone may have rung; before, it has not."""
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    """As `ari_app.calls.outcome` names it; "" while it lasts."""
    cause: int
    """Q.850."""
    sip_status: int
    machine: str
    """human, machine or unknown; "" where nobody listened."""
    reason: str


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One line of a call's history."""

    at: datetime
    kind: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a decision: `accepted` False when another one was first."""

    accepted: bool
    outcome: str
    """The outcome that stands."""
    canceled: bool = False
    """Refused because the order was canceled."""


class CallbackStatus(StrEnum):
    """Where a callback stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GONE = "gone"
    """The receiver said 410: it wants no more."""
    DEAD = "dead"
    """Given up after the last retry; kept, to be sent again by hand."""


@dataclass(frozen=True, slots=True)
class CallbackRecord:
    """A callback as it stands. `body` is sent as it is, byte for byte, at each attempt."""

    id: str
    call_id: str
    type: str
    url: str
    body: str
    status: CallbackStatus
    attempts: int
    last_error: str
    created_at: datetime
    next_at: datetime | None
    """When the next attempt is due; None before the first, and after the last."""
    ended_at: datetime | None
    seq: int = 0
    """Its place among its call's."""
    node: str = ""
    """Who delivers it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt. `http_status` 0: no answer came, and `error` says why."""

    at: datetime
    http_status: int
    error: str
    took_ms: int
