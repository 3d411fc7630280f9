"""How an outbound call is to be made: its terms, as the asker set them and the settings completed them.

They are kept with the call (JSON), so that a restart, another node or changed settings can't change them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DAY_S = 86_400
Times = Annotated[int, Field(ge=0, le=20)]
Seconds = Annotated[float, Field(gt=0, le=7 * DAY_S)]


class Cause(StrEnum):
    """Why an attempt reached nobody, as retries tell it apart."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """Off, out of reach, or a fault of the networks or of ours."""
    MACHINE = "machine"
    """A voicemail or another machine answered."""


class Machine(StrEnum):
    """What is done about a machine that answers."""

    OFF = "off"
    """Nothing is listened for: the flow begins at once."""
    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"
    """The flow's message is said after the beep."""
    HUMAN_FIRST = "human_first"
    """The flow begins at once, as for a person; a machine that is recognised meanwhile is hung up on."""


class _Term(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RetryRule(_Term):
    """How often, and after how long, a call is tried again."""

    times: Times = Field(description="Further attempts for this cause.")
    wait_s: tuple[Seconds, ...] = Field(
        (300.0,), min_length=1, max_length=20, description="Waits before them; the last one repeats. Spread by jitter."
    )


class Retries(_Term):
    """When a call that reached nobody is tried again. A cause that is not named is not retried."""

    busy: RetryRule | None = None
    no_answer: RetryRule | None = None
    unreachable: RetryRule | None = None
    machine: RetryRule | None = None
    most: Times = Field(5, description="Attempts in all, the first one too; 0 means 1.")
    window_s: Seconds = Field(DAY_S, description="From the first attempt; none begins later.")

    def rule(self, cause: Cause) -> RetryRule | None:
        """The rule of a cause."""
        rules: dict[Cause, RetryRule | None] = {
            Cause.BUSY: self.busy,
            Cause.NO_ANSWER: self.no_answer,
            Cause.UNREACHABLE: self.unreachable,
            Cause.MACHINE: self.machine,
        }
        return rules[cause]


class Terms(_Term):
    """All of a call's. What is 0 or empty is as the settings say."""

    purpose: str = Field("", description="What the call is for: decides its hours, its caller ids and its limits.")
    priority: int = Field(5, ge=0, le=9, description="0 is dialled first, 9 last.")
    party: str = Field("", description="Whose call it is (a vendor): parties take turns within a priority.")
    earliest_at: AwareDatetime | None = None
    latest_at: AwareDatetime | None = None
    """No attempt begins later."""
    ring_s: int = 0
    max_s: int = 0
    retries: Retries = Retries()
    machine: Machine = Machine.OFF
    events: tuple[str, ...] = ()
    """The types of callbacks wanted besides the result."""

    def expired(self, now: datetime) -> bool:
        """Whether no attempt may begin any more."""
        return self.latest_at is not None and now > self.latest_at


NO_TERMS = Terms()
"""All as the settings say."""
