"""Calls that outlived the Mercury they were on: which of them go on, and from where.

Asterisk keeps the channels, the records keep each flow's session: together they are a call again. What was decided
before the end of the earlier life is asked for again and accepted again; the question under way is put again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ari_app.ari.adoption import Snapshot
from ari_app.ari.models import Channel
from ari_app.calls.call import Opening
from ari_app.calls.ids import Names, owned_by
from ari_app.ops.logging import get_logger
from ari_app.store.records import CallRecord, Direction
from ivr_flows.commands import End
from ivr_flows.events import HungUp
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.model import Flow
from ivr_flows.session import Session, SessionError

_log = get_logger(__name__)
_UP = "Up"
_PERSON = re.compile(r"-person\d+(-\d+)?-leg$")
Spawn = Callable[[Coroutine[Any, Any, None], str], None]


@dataclass(frozen=True, slots=True)
class Revival:
    """A call of an earlier life that is still there.

    `answered`: the person's channel is up. `life`: of the names of what is made for it now. `talks_with`: the channel
    of whom it was handed to and who talks with it, "" for nobody.
    """

    record: CallRecord
    answered: bool
    life: int
    talks_with: str = ""


def found(record: CallRecord, node: str, snapshot: Snapshot, files: Collection[str] = ()) -> Revival | None:
    """The call as it stands in Asterisk; None when its person's channel is gone, or out of our hands.

    `files`: names of what earlier lives of it wrote, without their endings.
    """
    channel = next((each for each in snapshot.channels if each.id == record.channel_id), None)
    if channel is None or (channel.state == _UP and not snapshot.in_app(channel)):
        return None
    taken = {*files, *(each.id for each in snapshot.channels)}
    return Revival(
        record, channel.state == _UP, _next_life(_names(record, node), taken), _talks_with(record, node, snapshot)
    )


def reopened(flow: Flow, record: CallRecord) -> Opening:
    """Where its flow goes on; at its beginning when it had come to no wait yet.

    Raises `SessionError` when what was saved is not of this flow, or a decision stands of which no session knows.
    """
    if record.session:
        return Opening(*resume(flow, Session.from_json(record.session)))
    if record.outcome:
        raise SessionError(f"{record.outcome!r} was decided, and no session was saved")
    caller = record.caller if record.direction is Direction.INBOUND else record.to
    return Opening(*start(flow, record.inputs, record.language, caller=caller))


def left_off(flow: Flow, record: CallRecord) -> End | None:
    """How it ends if the person leaves before a word is said again; None when none had been said."""
    if not record.session:
        return None
    session = Session.from_json(record.session)
    _, commands = advance(flow, session, HungUp(session.at_ms))
    last = commands[-1]
    return last if isinstance(last, End) else None


class Desk(Protocol):
    """Who has the calls."""

    async def resume(self, revival: Revival, opened: Callable[[], None]) -> None:
        """See a call through to its end; `opened` as soon as it is among the live ones, or never will be."""


@dataclass(slots=True)
class Resuming:
    """The calls of this node's earlier life, until Asterisk has told what became of them."""

    node: str
    desk: Desk
    files: Callable[[str], Collection[str]]
    """What was written of a call, without endings."""
    open: Sequence[CallRecord]
    """On record as not ended; what is left here afterwards is gone."""

    def begin(self, snapshot: Snapshot, spawn: Spawn) -> Sequence[Coroutine[Any, Any, None]]:
        """Have every call that is still there resumed; gives what to wait for until all of them are among the live."""
        revivals = [found(record, self.node, snapshot, self.files(record.id)) for record in self.open]
        there = [revival for revival in revivals if revival]
        self.open = [record for record, revival in zip(self.open, revivals, strict=True) if revival is None]
        _log.info("calls.resumed", resumed=len(there), gone=len(self.open))
        return [self._begun(revival, spawn) for revival in there]

    async def _begun(self, revival: Revival, spawn: Spawn) -> None:
        opened = asyncio.Event()
        spawn(self.desk.resume(revival, opened.set), f"resumed {revival.record.id}")
        await opened.wait()


def waiting_callers(snapshot: Snapshot, known: Collection[str]) -> Sequence[tuple[Channel, str, str]]:
    """Callers who came just before the earlier life ended, and of whom there is no record: with trunk and number."""
    found = []
    for channel in snapshot.channels:
        arguments = channel.dialplan.app_data.split(",")[1:]
        if (
            channel.id not in known
            and snapshot.in_app(channel)
            and arguments[:1] == ["inbound"]
            and len(arguments) == 3
        ):
            found.append((channel, arguments[1], arguments[2]))
    return found


def _talks_with(record: CallRecord, node: str, snapshot: Snapshot) -> str:
    bridge = next((each for each in snapshot.bridges if each.id == _names(record, node).bridge), None)
    others = bridge.channels if bridge and record.channel_id in bridge.channels else ()
    return next((name for name in others if owned_by(node, name) and _PERSON.search(name)), "")


def _names(record: CallRecord, node: str) -> Names:
    return Names(node, record.id, attempt=max(1, record.attempt_no))


def _next_life(names: Names, taken: set[str]) -> int:
    """The first that left nothing behind."""
    life = 2
    while not taken.isdisjoint({replace(names, life=life).media, f"call-{life}", f"{names.call_id}-{life}"}):
        life += 1
    return life
