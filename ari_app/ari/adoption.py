"""What was missed while the connection was away, told from what is there now. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ari_app.ari.models import Bridge, Channel


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything in Asterisk just after the websocket came up. Events that came since are delivered after it; some of
    them may tell of what it shows already."""

    app: str
    channels: tuple[Channel, ...]
    bridges: tuple[Bridge, ...]
    first: bool = True
    """Whether it is this client's first; False after a reconnect."""

    def in_app(self, channel: Channel) -> bool:
        """Whether a channel is in this Stasis application."""
        where = channel.dialplan
        return where.app_name == "Stasis" and where.app_data.split(",", 1)[0] == self.app


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that the application believes alive: those whose making Asterisk has confirmed."""

    channels: frozenset[str] = frozenset()
    bridges: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What to do about the difference."""

    still_live: frozenset[str] = field(default_factory=frozenset)
    """Known channels that are there: carry on."""
    ended: frozenset[str] = field(default_factory=frozenset)
    """Known channels that are gone: their ends were missed, and are to be told now."""
    ended_bridges: frozenset[str] = field(default_factory=frozenset)
    """Known bridges that are gone."""
    orphan_channels: frozenset[str] = field(default_factory=frozenset)
    """Of our making and not known: hang up."""
    orphan_bridges: frozenset[str] = field(default_factory=frozenset)
    """Of our making and not known: destroy."""
    unknown_live: frozenset[str] = field(default_factory=frozenset)
    """Others' channels (calls that came in) that wait in our application: adopt or hang up."""


def reconcile(known: Known, snapshot: Snapshot, owns: Callable[[str], bool]) -> Reconciliation:
    """Compare what was known with what there is. `owns` tells an id of the application's own making, by its prefix."""
    channels = {channel.id: channel for channel in snapshot.channels}
    bridges = {bridge.id for bridge in snapshot.bridges}
    strange = [channel for name, channel in channels.items() if name not in known.channels]
    return Reconciliation(
        still_live=known.channels & channels.keys(),
        ended=known.channels - channels.keys(),
        ended_bridges=known.bridges - bridges,
        orphan_channels=frozenset(each.id for each in strange if owns(each.id)),
        orphan_bridges=frozenset(name for name in bridges - known.bridges if owns(name)),
        unknown_live=frozenset(each.id for each in strange if not owns(each.id) and snapshot.in_app(each)),
    )
