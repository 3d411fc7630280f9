"""What is asked of calls: bodies and queries."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator

from ari_app.store.records import Direction, Status
from ari_app.store.terms import Machine, Retries

NUMBER = r"^(\+[1-9][0-9]{6,14}|[0-9]{2,6})$"
Number = Annotated[
    str,
    Field(
        pattern=NUMBER,
        description="E.164 (+919812345678), or 2 to 6 digits on the test trunk.",
        examples=["+919812345678"],
    ),
]
Moment = Annotated[AwareDatetime, Field(strict=False)]
EventType = Literal["call.ringing", "call.answered", "call.attempt_ended", "call.decided", "call.result"]
"""`ari_app.store.result` has them."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class InitiateCall(_Asked):
    """A call to be made."""

    flow: str = Field(min_length=1, max_length=128, examples=["vendor_confirmation"])
    to: Number
    caller: Number | None = Field(None, alias="from", description="Caller id; the trunk's own unless given.")
    language: str | None = Field(None, max_length=16, description="One of the flow's; its first unless given.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="What the flow declares as its inputs.")
    purpose: str = Field("", max_length=64, description="What the call is for: its hours, caller ids and limits.")
    order_id: str = Field("", max_length=255, description="The order it is about; inputs.order_id unless given.")
    party: str = Field("", max_length=128, description="Whose call it is: parties take turns. The number unless given.")
    priority: int = Field(5, ge=0, le=9, description="0 is dialled first, 9 last.")
    earliest_at: Moment | None = Field(None, description="No attempt begins before.")
    latest_at: Moment | None = Field(None, description="No attempt begins after.")
    ring_s: int | None = Field(None, ge=5, le=180, description="How long it rings; the settings' unless given.")
    max_s: int | None = Field(None, ge=10, le=7200, description="Longest talk; the settings' unless given.")
    retries: Retries = Field(default_factory=Retries, description="When it is tried again, by cause; else never.")
    machine: Annotated[Machine, Field(strict=False)] = Field(
        Machine.OFF, description="What is done about a machine that answers."
    )
    callback_url: str | None = Field(None, description="Where the result goes (http or https); none: it is only kept.")
    events: list[EventType] = Field(
        default_factory=list, max_length=20, description="Types of callbacks wanted besides the result."
    )
    metadata: dict[str, Any] = Field(default_factory=dict, description="Given back with the result.")

    @model_validator(mode="before")
    @classmethod
    def _order_of_inputs(cls, body: Any) -> Any:
        if isinstance(body, dict) and not body.get("order_id") and isinstance(inputs := body.get("inputs"), dict):
            order = inputs.get("order_id")
            if isinstance(order, str) and order:
                return {**body, "order_id": order}
        return body


class BatchedCall(InitiateCall):
    """One call of a batch."""

    idempotency_key: str = Field(
        "", pattern=r"^[\x21-\x7e]{0,255}$", description="The call's own, where the request has none."
    )


class InitiateCalls(_Asked):
    """Calls to be made: all are recorded in one commit, or none."""

    calls: list[BatchedCall] = Field(min_length=1)


class Initiate(RootModel[InitiateCall | InitiateCalls]):
    """One call, or several."""


class CancelCall(_Asked):
    """Why a call is cancelled."""

    reason: str = Field("", max_length=255)


class ChangeCall(_Asked):
    """What is asked of a live call: one of these."""

    language: str | None = Field(None, min_length=1, max_length=16, description="Go on in another of the flow's.")
    hang_up: bool | None = Field(None, description="true: end the talk.")
    transfer: Number | None = Field(None, description="Put the caller through to this number.")

    @model_validator(mode="after")
    def _one(self) -> ChangeCall:
        if len(self.asked()) != 1:
            raise ValueError("expected one of language, hang_up (true) and transfer")
        return self

    def asked(self) -> dict[str, str | bool]:
        """What is asked, by its name."""
        values = {"language": self.language, "hang_up": self.hang_up or None, "transfer": self.transfer}
        return {name: value for name, value in values.items() if value is not None}


class ListQuery(BaseModel):
    """Which calls."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    status: Status | None = None
    direction: Direction | None = None
    flow: str | None = Field(None, max_length=128)
    order_id: str | None = Field(None, max_length=255)
    to: str | None = Field(None, max_length=128, description="In full; write + as %2B.")
    caller: str | None = Field(None, alias="from", max_length=128, description="In full; write + as %2B.")
    party: str | None = Field(None, max_length=128)
    outcome: str | None = Field(None, max_length=128)
    node: str | None = Field(None, max_length=128)
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    limit: int = Field(50, ge=1, le=200)
    page: str | None = Field(None, max_length=1024, description="`next` of the page before.")

    @field_validator("to", "caller")
    @classmethod
    def _plus(cls, number: str | None) -> str | None:
        """A plus that was not written as %2B arrives as a space."""
        return f"+{number[1:]}" if number and number.startswith(" ") else number
