"""What is told of calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from ari_app.store.records import CallbackStatus, Direction, Status
from ari_app.store.terms import Terms


class Links(BaseModel):
    """Where to look further."""

    self: str
    events: str


class CallAccepted(BaseModel):
    """The call is recorded, and will be made."""

    id: str
    status: Status
    links: Links


class CallsAccepted(BaseModel):
    """The calls are recorded, in the order of the request, and will be made."""

    calls: list[CallAccepted]


class Accepted(RootModel[CallAccepted | CallsAccepted]):
    """One call, or several, as asked."""


class CallChanged(BaseModel):
    """What came of a request to a live call."""

    id: str
    status: Status
    done: bool = Field(description="false: it is on record, and the call's node will see to it.")
    links: Links


class CallbackView(BaseModel):
    """How the delivery of a callback stands."""

    id: str = Field(description="The webhook-id.")
    type: str
    status: CallbackStatus
    attempts: int
    last_error: str
    next_at: datetime | None
    ended_at: datetime | None


class AttemptView(BaseModel):
    """One try to reach somebody."""

    ordinal: int
    node: str
    trunk: str
    at: datetime
    dialled_at: datetime | None = Field(description="From here on the phone may have rung.")
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    cause: int = Field(description="Q.850; 0 while it lasts.")
    sip_status: int
    machine: str = Field(description="human, machine or unknown; empty where nobody listened.")
    reason: str


class EventView(BaseModel):
    """One line of a call's history."""

    id: int = Field(description="Grows within a call.")
    at: datetime
    kind: str
    data: dict[str, Any]


class Events(BaseModel):
    """A call's history."""

    events: list[EventView]


class CallSummary(BaseModel):
    """A call as it stands, in short."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    direction: Direction
    status: Status
    flow: str
    flow_hash: str
    language: str
    to: str
    caller: str = Field(alias="from")
    order_id: str
    trunk: str
    terms: Terms
    outcome: str = Field(description="Of the flow, or what became of the call; empty while open.")
    cause: int = Field(description="Q.850 cause of the end; 0 while open.")
    reason: str
    node: str
    attempt_no: int = Field(description="Attempts begun.")
    due_at: datetime | None = Field(
        description="When the next attempt may begin; null while one lives, or after the end."
    )
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    links: Links


class CallView(CallSummary):
    """A call as it stands."""

    inputs: dict[str, Any]
    metadata: dict[str, Any]
    data: dict[str, Any]
    attempts: list[AttemptView]
    callback: CallbackView | None = Field(description="The result's.")
    callbacks: list[CallbackView]
    events: list[EventView] = Field(description="The latest 500; all of them at links.events.")


class CallPage(BaseModel):
    """Calls, the newest first."""

    calls: list[CallSummary]
    next: str | None = Field(description="`page` of the next one; null: this is the last.")


class RecordingView(BaseModel):
    """One file of what was recorded."""

    name: str
    bytes: int
    changed_at: datetime
    link: str


class Recordings(BaseModel):
    """What was recorded of a call; empty: nothing, or nothing is left."""

    recordings: list[RecordingView]


class TranscriptLine(BaseModel):
    """What somebody said or pressed."""

    at: datetime
    ms: int = Field(description="From the call's start.")
    who: Literal["agent", "caller"]
    kind: Literal["speech", "key"]
    text: str = Field(description="As heard of the agent, as understood of the caller; • where it was private.")


class Transcript(BaseModel):
    """Who said what and when."""

    lines: list[TranscriptLine]
