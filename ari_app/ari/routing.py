"""Whom an event concerns, read off its JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ari_app.ari.events import SUBJECTS, Event
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Resource, identity
from ari_app.ari.resources.bridges import Bridge
from ari_app.ari.resources.channels import Channel
from ari_app.ari.resources.device_states import DeviceState
from ari_app.ari.resources.endpoints import Endpoint
from ari_app.ari.resources.playbacks import Playback
from ari_app.ari.resources.recordings import LiveRecording

KINDS: Mapping[str, type[Resource]] = {
    each.__name__: each for each in (Channel, Bridge, Playback, LiveRecording, Endpoint, DeviceState)
}
"""The kinds of objects that events are about."""

_LAST = {
    "ChannelDestroyed": "Channel",
    "BridgeDestroyed": "Bridge",
    "PlaybackFinished": "Playback",
    "RecordingFinished": "LiveRecording",
    "RecordingFailed": "LiveRecording",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An object that an event is about."""

    kind: str
    id: str
    json: Json


def subjects_of(event: Event) -> tuple[Subject, ...]:
    """All objects that an event is about; of each kind the chief one first."""
    return tuple(_found(event))


def lane_of(subjects: tuple[Subject, ...]) -> str:
    """The name under which an event keeps its place: that of its channel (of the channel or bridge that a playback or
    recording is for), else of its bridge, else of whatever it is about. "" for events about nothing."""
    by_kind = {each.kind: each for each in reversed(subjects)}
    if chief := by_kind.get("Channel"):
        return f"channel:{chief.id}"
    for each in subjects:
        if isinstance(target := each.json.get("target_uri"), str) and target:
            return target
    return f"{subjects[0].kind.lower()}:{subjects[0].id}" if subjects else ""


def ended_by(event: Event, subjects: tuple[Subject, ...]) -> Subject | None:
    """The object of which this is the last event."""
    kind = _LAST.get(event.type)
    return next((each for each in subjects if each.kind == kind), None) if kind else None


def _found(event: Event) -> Iterator[Subject]:
    for kind, paths in SUBJECTS.get(event.type, {}).items():
        for path in paths:
            json = _follow(event.json, path)
            if json is not None and (name := identity(json, KINDS[kind].id_fields)):
                yield Subject(kind, name, json)


def _follow(json: Json, path: tuple[str, ...]) -> Json | None:
    for name in path:
        below = json.get(name)
        if not isinstance(below, dict):
            return None
        json = below
    return json
