"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ari_app.store.records import CallbackStatus, Direction, Status

NUMBER = r"^(\+[1-9][0-9]{6,14}|[0-9]{2,6})$"
Number = Annotated[
    str,
    Field(
        pattern=NUMBER,
        description="E.164 (+919812345678), or 2 to 6 digits on the test trunk.",
        examples=["+919812345678"],
    ),
]


class InitiateCall(BaseModel):
    """A call to be made."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    flow: str = Field(min_length=1, max_length=128, examples=["vendor_confirmation"])
    to: Number
    caller: Number | None = Field(None, alias="from", description="Caller id; the trunk's own unless given.")
    language: str | None = Field(None, max_length=16, description="One of the flow's; its first unless given.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="What the flow declares as its inputs.")
    callback_url: str | None = Field(None, description="Where the result goes (http or https); none: it is only kept.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="Given back with the result.")


class Links(BaseModel):
    """Where to look further."""

    self: str
    events: str


class CallAccepted(BaseModel):
    """The call is recorded, and will be made."""

    id: str
    status: Status
    links: Links


class CallbackView(BaseModel):
    """How the delivery of the result stands."""

    id: str = Field(description="The webhook-id.")
    status: CallbackStatus
    attempts: int
    last_error: str
    next_at: datetime | None
    ended_at: datetime | None


class EventView(BaseModel):
    """One line of a call's history."""

    at: datetime
    kind: str
    data: dict[str, Any]


class CallView(BaseModel):
    """A call as it stands."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    direction: Direction
    status: Status
    flow: str
    flow_hash: str
    language: str
    to: str
    caller: str = Field(alias="from")
    inputs: dict[str, Any]
    metadata: dict[str, Any]
    outcome: str = Field(description="Of the flow, or what became of the call; empty while open.")
    data: dict[str, Any]
    cause: int = Field(description="Q.850 cause of the end; 0 while open.")
    reason: str
    node: str
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    callback: CallbackView | None
    events: list[EventView] = Field(description="The latest 500; all of them at links.events.")
    links: Links


class Events(BaseModel):
    """A call's history."""

    events: list[EventView]


class ActiveCall(BaseModel):
    """A call that has not ended. Numbers are masked."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    direction: Direction
    status: Status
    flow: str
    language: str
    to: str
    caller: str = Field(alias="from")
    node: str
    created_at: datetime
    answered_at: datetime | None


class ActiveCalls(BaseModel):
    """The calls that have not ended, oldest first."""

    calls: list[ActiveCall]


class FlowVersion(BaseModel):
    """A flow, and its hash before and after."""

    name: str
    before: str = Field(description="Hash; empty when the flow is new.")
    after: str = Field(description="Hash, with which new calls are stamped; empty when the flow is gone.")


class FlowsTaken(BaseModel):
    """The flows of new calls. Calls that run keep theirs."""

    flows: list[FlowVersion]


class Check(BaseModel):
    """One part's state."""

    ok: bool
    detail: str = Field("", description="What it is doing, or what is wrong with it.")


class Health(BaseModel):
    """Whether calls can be taken and made."""

    ok: bool
    checks: dict[str, Check]
