"""What the API takes and gives of callbacks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ari_app.store.records import CallbackStatus


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str = Field("", max_length=64, description="e.g. call.result.")
    url: str = Field("", max_length=2048, description="The address, whole.")
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None


class CallbackQuery(_Asked):
    """Which callbacks."""

    status: CallbackStatus | None = Field(None, description="dead and gone are the dead letters.")
    call_id: str = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=200)
    page: str | None = Field(None, max_length=1024, description="`next` of the page before.")


class ResendCallbacks(_Asked):
    """Which dead letters (dead and gone) to send again, the oldest first; all that there are unless more is said."""

    call_id: str = Field("", max_length=64)
    limit: int = Field(100, ge=1, le=1000, description="No more than these at once.")


class EnableEndpoint(BaseModel):
    """An address that takes callbacks again."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2048)
    resend: bool = Field(True, description="Have its dead letters sent again, up to 1000 of them.")


class CallbackLine(BaseModel):
    """A callback as it stands."""

    id: str = Field(description="The webhook-id.")
    call_id: str
    type: str
    seq: int = Field(description="Its place among the call's: none is sent before those in front of it are settled.")
    url: str
    status: CallbackStatus
    attempts: int = Field(description="Since it was made, or last sent again.")
    last_error: str
    node: str = Field(description="Who sends it, or did.")
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


class CallbackPage(BaseModel):
    """Callbacks, newest first."""

    callbacks: list[CallbackLine]
    next: str | None = Field(description="Where the next page begins; null on the last.")


class DeliveryView(BaseModel):
    """One attempt."""

    at: datetime
    http_status: int = Field(description="0: no answer came.")
    error: str
    took_ms: int


class CallbackDetail(CallbackLine):
    """A callback with what is sent, and every attempt."""

    body: dict[str, Any]
    deliveries: list[DeliveryView]


class Resent(BaseModel):
    """What is sent again."""

    ids: list[str]


class EndpointView(BaseModel):
    """An address that asked for no more (410)."""

    url: str
    disabled_at: datetime
    reason: str


class Endpoints(BaseModel):
    """The disabled addresses, the latest first."""

    endpoints: list[EndpointView]


class EndpointEnabled(BaseModel):
    """An address that takes callbacks again, and its dead letters that are sent again."""

    url: str
    resent: list[str]
