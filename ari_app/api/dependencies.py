"""What the API is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ari_app.api.callers import Caller
from ari_app.api.models import Check, Engines, EnginesLoading
from ari_app.api.problem import ProblemError
from ari_app.dialer.urls import CheckUrl, check_http_url
from ari_app.store.calls import CallStore
from ari_app.store.records import NewCall
from media.clock import Clock, MonotonicClock


class CallFlow(Protocol):
    """What is asked of a flow; `ivr_flows` has it."""

    @property
    def hash(self) -> str:
        """Of its content."""

    @property
    def languages(self) -> Sequence[str]:
        """Its languages, the usual one first."""

    @property
    def leaves_messages(self) -> bool:
        """Whether it has words for a machine that answers."""

    def check_inputs(self, raw: Mapping[str, object]) -> object:
        """Raises `ivr_flows.problems.InputError` naming the field."""


class FlowCatalog(Protocol):
    """The flows that there are."""

    def find(self, name: str) -> CallFlow | None:
        """The flow, or None."""

    def names(self) -> Sequence[str]:
        """All names."""


class FlowChange(Protocol):
    """A flow before and after."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def before(self) -> str:
        """Its hash; "" when it is new."""

    @property
    def after(self) -> str:
        """Its hash; "" when it is gone."""


class ControlResult(Protocol):
    """What came of asking something of a live call."""

    @property
    def done(self) -> bool:
        """Whether the call's node has seen to it, well or not; False: it is on record, and still to come."""

    @property
    def error(self) -> str:
        """Why it could not be done; "" when it was, or is still to come."""


Control = Callable[[str, str, Mapping[str, object], str], Awaitable[ControlResult]]
"""Asks something of a live call, on whichever node it lives: its id, what (cancel, hang_up, language, transfer), the
facts of it, who asks. Puts it on record, then waits up to 3 s for the call's node."""


class Refusal(Protocol):
    """Why a call is not taken: its `field`, and the reason."""

    @property
    def field(self) -> str:
        """Of the request."""

    @property
    def reason(self) -> str:
        """In words."""


class EnginesInUse(Protocol):
    """The engines of calls, and how they are replaced."""

    async def reload(self) -> EnginesLoading:
        """Have those of the settings, as the file stands, loaded and taken. Raises `ProblemError`."""

    def told(self) -> Engines:
        """Which there are."""


class NoEngines:
    """The `EnginesInUse` of an API that has no calls beside it."""

    async def reload(self) -> EnginesLoading:
        """None."""
        raise ProblemError(503, "There are no engines here.")

    def told(self) -> Engines:
        """None."""
        return Engines(generations=[], loading=False, failure="", budget_ram_mib=0, budget_vram_mib=0)


@dataclass(frozen=True, slots=True)
class _NotHere:
    done: bool = True
    error: str = "live calls can't be reached from here"


async def out_of_reach(_call_id: str, _kind: str, _data: Mapping[str, object], _by: str) -> ControlResult:
    """The `Control` of an API that has no calls beside it."""
    return _NotHere()


async def all_known(_urls: Iterable[str]) -> None:
    """The `look_up` of an API that sends nothing."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything that the API uses."""

    store: CallStore
    flows: FlowCatalog
    reload_flows: Callable[[], Awaitable[Sequence[FlowChange]]]
    """Has the flows file taken as it stands. Raises `ivr_flows.problems.FlowError`."""
    enqueue: Callable[[str], Awaitable[None]]
    """Has the dialer take a committed call (id)."""
    health: Callable[[], Awaitable[Mapping[str, Check]]]
    """The state of each part."""
    token: str
    """Bearer token with all scopes."""
    new_id: Callable[[], str]
    """A new call's id."""
    caller_id: str = ""
    """Of outbound calls that name none."""
    check_url: CheckUrl = check_http_url
    look_up: Callable[[Iterable[str]], Awaitable[None]] = all_known
    """Finds out what the names in callback URLs mean, before `check_url` judges them."""
    reveal: bool = False
    """Show numbers in full to operators too."""
    callers: Sequence[Caller] = ()
    """The bearers of further tokens."""
    control: Control = out_of_reach
    engines: EnginesInUse = field(default_factory=NoEngines)
    refuse: Callable[[NewCall], Refusal | None] = lambda _: None
    """What the policy says of a call before it is recorded; None: nothing is against it."""
    trunk_of: Callable[[str], str] = lambda _: ""
    """The trunk that a number is dialled on. Raises `ari_app.calls.switch.SwitchError` when none reaches it."""
    node: str = ""
    """This node's name."""
    recordings: Path = Path("recordings")
    """Where the folders of calls with their recordings are."""
    clock: Clock = field(default_factory=MonotonicClock)
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
