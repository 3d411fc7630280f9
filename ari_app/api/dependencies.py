"""What the API is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ari_app.api.models import Check
from ari_app.dialer.urls import CheckUrl, check_http_url
from ari_app.store.calls import CallStore


class CallFlow(Protocol):
    """What is asked of a flow; `ivr_flows` has it."""

    @property
    def hash(self) -> str:
        """Of its content."""

    @property
    def languages(self) -> Sequence[str]:
        """Its languages, the usual one first."""

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
    """Bearer token of callers."""
    new_id: Callable[[], str]
    """A new call's id."""
    caller_id: str = ""
    """Of outbound calls that name none."""
    check_url: CheckUrl = check_http_url
    reveal: bool = False
    """Show numbers in full to operators too."""
