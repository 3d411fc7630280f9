"""What the API takes and gives, but for calls themselves (`ari_app.api.calling`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ari_app.store.records import Direction, Status


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


class EnginesLoading(BaseModel):
    """What a reload of the engines comes to. It goes on by itself: `GET /admin/engines` tells how."""

    generation: int = Field(description="Of the engines that are being loaded; the current one where nothing changed.")
    loads: list[str] = Field(description="Engines that are loaded and warmed anew.")
    shares: list[str] = Field(description="Engines that stay as they are.")


class EngineView(BaseModel):
    """An engine, and what it declares that it needs."""

    name: str
    ram_mib: int
    vram_mib: int


class GenerationView(BaseModel):
    """The engines of one edition of the settings, and the calls that have them."""

    number: int
    stage: str = Field(description="loading, current, leaving (calls still have it), closing.")
    calls: int = Field(description="How many have it.")
    held_by: list[str] = Field(description="Their ids, the longest first; 20 at most.")
    engines: list[EngineView]


class Engines(BaseModel):
    """Every generation of engines that has memory, the oldest first."""

    generations: list[GenerationView]
    loading: bool = Field(description="Whether a reload goes on.")
    failure: str = Field(description="Why the last reload came to nothing; empty where it did not.")
    budget_ram_mib: int = Field(description="What all engines together may take.")
    budget_vram_mib: int


class Check(BaseModel):
    """One part's state."""

    ok: bool
    detail: str = Field("", description="What it is doing, or what is wrong with it.")


class Health(BaseModel):
    """Whether calls can be taken and made."""

    ok: bool
    checks: dict[str, Check]


class AuditQuery(BaseModel):
    """Which lines of the audit."""

    model_config = ConfigDict(extra="forbid")

    actor: str = Field("", max_length=128, description="Of one bearer.")
    target: str = Field("", max_length=255, description="About one call, order, …")
    limit: int = Field(50, ge=1, le=200)
    page: str | None = Field(None, max_length=1024, description="`next` of the page before.")


class AuditView(BaseModel):
    """One action, and what it was answered."""

    at: datetime
    actor: str
    action: str = Field(description="The operation's id.")
    target: str
    status: int
    remote: str
    data: dict[str, Any]


class AuditPage(BaseModel):
    """Lines of the audit, the newest first."""

    lines: list[AuditView]
    next: str | None = Field(description="`page` of the next one; null: this is the last.")
