"""What is sent to Mercury, and what it tells. Fields that a newer Mercury adds are passed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"]
FINAL: frozenset[Status] = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call to be made; what is None or empty is left to Mercury. docs/api.md says what each field means."""

    flow: str
    to: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    caller: str | None = None
    """Sent as `from`."""
    language: str | None = None
    purpose: str | None = None
    order_id: str | None = None
    party: str | None = None
    priority: int | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    ring_s: int | None = None
    max_s: int | None = None
    retries: Mapping[str, Any] | None = None
    machine: Literal["off", "hang_up", "leave_message", "human_first"] | None = None
    callback_url: str | None = None
    events: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """As JSON has it."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {"from" if name == "caller" else name: _plain(value) for name, value in given.items() if _said(value)}


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class FieldProblem(_Told):
    """One field that is wrong."""

    field: str
    message: str


class Problem(_Told):
    """What went wrong (RFC 9457)."""

    title: str = ""
    status: int
    detail: str = ""
    errors: tuple[FieldProblem, ...] = ()


class Accepted(_Told):
    """A call that is on record, and will be made."""

    id: str
    status: Status


class Changed(_Told):
    """What came of a cancel or a change. `done` False: it is on record, and the call's node will see to it."""

    id: str
    status: Status
    done: bool


class Event(_Told):
    """One line of a call's history."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]


class Attempt(_Told):
    """One try to reach somebody."""

    ordinal: int
    at: datetime
    dialled_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    cause: int
    machine: str
    reason: str


class Callback(_Told):
    """How the delivery of a callback stands."""

    id: str
    type: str
    status: str
    attempts: int
    last_error: str
    next_at: datetime | None
    ended_at: datetime | None


class Call(_Told):
    """A call as it stands, in short."""

    id: str
    direction: Literal["inbound", "outbound"]
    status: Status
    flow: str
    language: str
    to: str
    caller: str = Field(alias="from")
    order_id: str
    outcome: str
    cause: int
    reason: str
    node: str
    attempt_no: int
    due_at: datetime | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.status in FINAL


class CallDetails(Call):
    """A call with all that belongs to it."""

    inputs: Mapping[str, Any]
    metadata: Mapping[str, Any]
    data: Mapping[str, Any]
    attempts: tuple[Attempt, ...]
    callbacks: tuple[Callback, ...]
    events: tuple[Event, ...]


class TranscriptLine(_Told):
    """What somebody said or pressed. `ms`: from the call's start."""

    at: datetime
    ms: int
    who: Literal["agent", "caller"]
    kind: Literal["speech", "key"]
    text: str


def _said(value: object) -> bool:
    return value is not None and (not isinstance(value, Mapping | Sequence) or len(value) > 0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
