"""Callbacks for events, after ari-py: by type, by kind of object, by object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ari_app.ari.dispatch import BacklogError, Call, Dispatcher
from ari_app.ari.events import Event
from ari_app.ari.listeners import Listeners, Registration
from ari_app.ari.resources.base import Link, type_name
from ari_app.ari.resources.bridges import Bridge
from ari_app.ari.resources.channels import Channel
from ari_app.ari.resources.device_states import DeviceState
from ari_app.ari.resources.endpoints import Endpoint
from ari_app.ari.resources.playbacks import Playback
from ari_app.ari.resources.recordings import LiveRecording
from ari_app.ari.routing import KINDS, Subject, ended_by, lane_of, subjects_of

E = TypeVar("E", bound=Event)
C = TypeVar("C", bound=Callable[..., object])


class Subscriptions:
    """Who hears what. A callback is a plain function or gives an awaitable; what it raises is logged.

    Events about one channel are handled in their order, one callback after another; a callback that awaits holds back
    its own channel only. Event types are given by class (`events.StasisStart`) or by name.
    """

    def __init__(self, link: Link, max_waiting: int) -> None:
        self._link = link
        self._listeners = Listeners()
        self._dispatcher = Dispatcher(max_waiting)

    def on_event(self, event_type: type[E] | str, callback: Callable[[E], object]) -> Registration:
        """Call `callback(event)` for each event of a type."""
        return self._listeners.add(type_name(event_type), "", "", callback)

    def on_channel_event(self, event_type: type[E] | str, callback: Callable[[Channel, E], object]) -> Registration:
        """Call `callback(channel, event)` with the channel that the event is chiefly about."""
        return self.listen(type_name(event_type), "Channel", "", callback)

    def on_bridge_event(self, event_type: type[E] | str, callback: Callable[[Bridge, E], object]) -> Registration:
        """Call `callback(bridge, event)`."""
        return self.listen(type_name(event_type), "Bridge", "", callback)

    def on_playback_event(self, event_type: type[E] | str, callback: Callable[[Playback, E], object]) -> Registration:
        """Call `callback(playback, event)`."""
        return self.listen(type_name(event_type), "Playback", "", callback)

    def on_live_recording_event(
        self, event_type: type[E] | str, callback: Callable[[LiveRecording, E], object]
    ) -> Registration:
        """Call `callback(recording, event)`."""
        return self.listen(type_name(event_type), "LiveRecording", "", callback)

    def on_endpoint_event(self, event_type: type[E] | str, callback: Callable[[Endpoint, E], object]) -> Registration:
        """Call `callback(endpoint, event)`."""
        return self.listen(type_name(event_type), "Endpoint", "", callback)

    def on_device_state_event(
        self, event_type: type[E] | str, callback: Callable[[DeviceState, E], object]
    ) -> Registration:
        """Call `callback(device_state, event)`."""
        return self.listen(type_name(event_type), "DeviceState", "", callback)

    def listen(self, event_type: str, kind: str, object_id: str, callback: Callable[..., object]) -> Registration:
        """Call `callback(object, event)` for events about one object, or ("") about any of its kind."""
        if kind not in KINDS:
            raise ValueError(f"no event is about a {kind}; events are about {', '.join(KINDS)}")
        return self._listeners.add(event_type, kind, object_id, callback)

    def deliver(self, event: Event) -> None:
        """Have an event's callbacks called, waiting for none. Raises `BacklogError`, having dropped all that wait."""
        subjects = subjects_of(event)
        try:
            self._dispatcher.put(lane_of(subjects), list(self._calls(event, subjects)))
        except BacklogError:
            self._dispatcher.clear()
            raise
        if last := ended_by(event, subjects):
            self._listeners.forget(last.kind, last.id)

    async def drain(self, grace_s: float) -> None:
        """Drop what waits, let what runs finish for so long."""
        await self._dispatcher.close(grace_s)

    def _calls(self, event: Event, subjects: tuple[Subject, ...]) -> Iterator[Call]:
        for each in self._listeners.find(event.type):
            yield each, (event,)
        told: set[str] = set()
        for subject in subjects:
            if subject.kind not in told:
                told.add(subject.kind)
                yield from self._about(event, subject, "")
            yield from self._about(event, subject, subject.id)

    def _about(self, event: Event, subject: Subject, object_id: str) -> Iterator[Call]:
        if found := self._listeners.find(event.type, subject.kind, object_id):
            target = KINDS[subject.kind](self._link, subject.json)
            for each in found:
                yield each, (target, event)
