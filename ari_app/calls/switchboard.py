"""Brings Asterisk's events to the calls that they are about, and puts things right after each connection to ARI.

While the websocket is away calls go on: their audio and REST do not need it. What was missed is found out at the next
connection, from the list of channels that are still there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from ari_app.ari.adoption import Known, Snapshot, reconcile
from ari_app.ari.client import Client
from ari_app.ari.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    ChannelStateChange,
    Dial,
    StasisEnd,
    StasisStart,
)
from ari_app.ari.resources.channels import Channel
from ari_app.calls.call import Call
from ari_app.calls.desk import Arrival, CallDesk
from ari_app.calls.ids import owned_by
from ari_app.calls.person import Person
from ari_app.calls.progress import of_dial
from ari_app.calls.resuming import Resuming, waiting_callers
from ari_app.calls.state import Happening, State
from ari_app.calls.switch import Switch, SwitchError
from ari_app.ops.logging import get_logger

_log = get_logger(__name__)
_NORMAL_CLEARING = 16
"""Q.850, of a leg that was ours and has ended without another cause."""
_UP = "Up"
_INBOUND = "inbound"
"""First of the dialplan's arguments to Stasis(); the trunk and the dialled number follow."""
_GRACE_S = 1.0
"""How long the StasisStart of a call that is there already may be on its way."""
_CLOSE_S = 10.0


class Switchboard:
    """Between one ARI client and the desk."""

    def __init__(
        self, client: Client, desk: CallDesk, switch: Switch, node: str, resuming: Resuming | None = None
    ) -> None:
        self._client = client
        self._desk = desk
        self._switch = switch
        self._node = node
        self._resuming = resuming
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrived: set[str] = set()
        """Channels of inbound calls, from their StasisStart to their end."""
        client.on_channel_event(StasisStart, self._entered)
        client.on_channel_event(ChannelStateChange, self._changed)
        client.on_channel_event(Dial, self._dialling)
        client.on_channel_event(ChannelHangupRequest, self._hanging_up)
        client.on_channel_event(StasisEnd, self._left)
        client.on_channel_event(ChannelDestroyed, self._destroyed)
        client.on_channel_event(ChannelDtmfReceived, self._pressed)
        client.on_connect(self._connected)

    async def close(self) -> None:
        """Wait for what is still being done; the desk's calls have ended by then."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_CLOSE_S)
            for task in late:
                _log.error("switchboard.stuck", task=task.get_name())
                task.cancel()

    def asterisk_gone(self) -> None:
        """Asterisk has ended: so have all its channels."""
        for call in list(self._desk.live.values()):
            call.happened(Happening.LEG_GONE, cause=27)

    def _entered(self, channel: Channel, event: StasisStart) -> None:
        if event.args[:1] == (_INBOUND,) and len(event.args) == 3:
            _, trunk, dialled = event.args
            arrival = Arrival(channel.id, trunk, dialled, event.channel.caller.number)
            self._spawn(self._take(arrival), f"call from {trunk}")
        elif call := self._call_of(channel.id):
            if event.channel.state == _UP:
                call.happened(Happening.ANSWERED)
        elif call := self._call_with_media(channel.id):
            call.media_entered()
        elif person := self._handed_to(channel.id):
            _entered(person, channel.id)
        else:
            _log.warning("channel.unknown", channel=channel.id)
            self._spawn(self._delete([channel.id], []), f"orphan {channel.id}")

    def _changed(self, channel: Channel, event: ChannelStateChange) -> None:
        """A phone that was dialled has answered: its channel was in the application before."""
        if event.channel.state == _UP and (call := self._call_of(channel.id)):
            call.happened(Happening.ANSWERED)

    def _dialling(self, channel: Channel, event: Dial) -> None:
        """What the network says of a phone that is dialled."""
        sign = of_dial(event.dialstatus)
        if sign and channel.id == event.peer.id and (call := self._call_of(channel.id)):
            call.progressed(sign)

    async def _take(self, arrival: Arrival) -> None:
        self._arrived.add(arrival.channel)
        try:
            await self._desk.take(arrival)
        except Exception:  # a call's task root: a caller must not ring for ever
            _log.exception("call.not_taken")
            await self._switch.refuse(arrival.channel)
        finally:
            self._arrived.discard(arrival.channel)

    def _hanging_up(self, channel: Channel, event: ChannelHangupRequest) -> None:
        """What Asterisk calls the cause of a soft hang-up is a flag of its own (AST_SOFTHANGUP_…), no Q.850 cause."""
        if (call := self._call_of(channel.id)) and not event.soft:
            call.cause_seen(event.cause or 0)

    def _left(self, channel: Channel, _event: StasisEnd) -> None:
        """A leg leaves Stasis when it ends; an application that it has left may not hear of its ChannelDestroyed.

        Only that tells, though, why a phone that was dialled did not answer.
        """
        if call := self._call_of(channel.id):
            if call.state is not State.DIALING:
                call.happened(Happening.LEG_GONE, cause=_NORMAL_CLEARING)
        elif person := self._handed_to(channel.id):
            _gone(person, channel.id, _NORMAL_CLEARING)

    def _destroyed(self, channel: Channel, event: ChannelDestroyed) -> None:
        if call := self._call_of(channel.id):
            call.happened(Happening.LEG_GONE, cause=event.cause, sip_status=event.tech_cause or 0)
        elif call := self._call_with_media(channel.id):
            call.happened(Happening.MEDIA_GONE)
        elif person := self._handed_to(channel.id):
            _gone(person, channel.id, event.cause)

    def _pressed(self, channel: Channel, event: ChannelDtmfReceived) -> None:
        if call := self._call_of(channel.id):
            call.key(event.digit, event.timestamp)
        elif (person := self._handed_to(channel.id)) and channel.id == person.names.leg:
            person.pressed(event.digit)

    async def _connected(self, snapshot: Snapshot) -> None:
        if self._resuming and snapshot.first:
            await self._resume(self._resuming, snapshot)
        calls = list(self._desk.live.values())
        people = [call.handover.person for call in calls if call.handover and call.handover.person]
        known = Known(
            frozenset(name for call in calls for name in call.made) | {each.names.leg for each in people if each.rung},
            frozenset(call.names.bridge for call in calls if call.names.media in call.made),
        )
        found = reconcile(known, snapshot, lambda name: owned_by(self._node, name))
        for call in calls:
            if call.person in found.ended:
                call.happened(Happening.LEG_GONE)
            elif call.names.media in found.ended or call.names.bridge in found.ended_bridges:
                call.happened(Happening.MEDIA_GONE)
            else:
                _catch_up(call, snapshot)
        for person in people:
            if person.names.leg in found.ended:
                person.gone(_NORMAL_CLEARING)
            else:
                _catch_person_up(person, snapshot)
        coming = {name for call in calls for name in (call.person, call.names.media, call.names.bridge)}
        coming |= {name for each in people for name in (each.names.leg, each.names.media, each.names.bridge)}
        channels, bridges = found.orphan_channels - coming, found.orphan_bridges - coming
        _log.info("ari.connected", live=len(calls), ended=len(found.ended), orphans=len(channels) + len(bridges))
        self._spawn(self._send_away(found.unknown_live), "calls that nobody took")
        await self._delete(channels, bridges)

    async def _resume(self, resuming: Resuming, snapshot: Snapshot) -> None:
        """What an earlier life of this process left in Asterisk goes on: its calls, and who waited to be taken."""
        known = {record.channel_id for record in resuming.open}
        await asyncio.gather(*resuming.begin(snapshot, self._spawn))
        for channel, trunk, dialled in waiting_callers(snapshot, known):
            self._arrived.add(channel.id)
            arrival = Arrival(channel.id, trunk, dialled, channel.caller.number)
            self._spawn(self._take(arrival), f"call from {trunk}")

    async def _send_away(self, channels: Iterable[str]) -> None:
        """Calls that came while the connection was away: nobody was told of them, and nobody will be."""
        await asyncio.sleep(_GRACE_S)
        await self._delete([name for name in channels if name not in self._arrived], [])

    async def _delete(self, channels: Iterable[str], bridges: Iterable[str]) -> None:
        for end, names in ((self._switch.hang_up, channels), (self._switch.destroy_bridge, bridges)):
            for name in names:
                try:
                    await end(name)
                except SwitchError as error:
                    _log.warning("orphan.not_deleted", name=name, error=str(error))

    def _call_of(self, person: str) -> Call | None:
        return next((call for call in self._desk.live.values() if call.person == person), None)

    def _call_with_media(self, channel: str) -> Call | None:
        return next((call for call in self._desk.live.values() if call.names.media == channel), None)

    def _handed_to(self, channel: str) -> Person | None:
        """Whom a caller is handed to, by their own channel or their media's."""
        handovers = (call.handover for call in self._desk.live.values() if call.handover)
        people = (handover.person for handover in handovers if handover.person)
        return next((each for each in people if channel in (each.names.leg, each.names.media)), None)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(self._guarded(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:  # a call's task root: one call's failure is its own
            _log.exception("call.failed")


def _catch_up(call: Call, snapshot: Snapshot) -> None:
    """Its legs may have entered Stasis unseen; if the event is still to come, the second of them is no news."""
    entered = {channel.id for channel in snapshot.channels if snapshot.in_app(channel)}
    if call.names.media in entered:
        call.media_entered()
    if call.person in entered & {channel.id for channel in snapshot.channels if channel.state == "Up"}:
        call.happened(Happening.ANSWERED)


def _catch_person_up(person: Person, snapshot: Snapshot) -> None:
    for channel in snapshot.channels:
        if snapshot.in_app(channel):
            _entered(person, channel.id)


def _entered(person: Person, channel: str) -> None:
    if channel == person.names.leg:
        person.answered()
    elif channel == person.names.media:
        person.media_entered()


def _gone(person: Person, channel: str, cause: int) -> None:
    if channel == person.names.leg:
        person.gone(cause)
    else:
        person.media_gone()
