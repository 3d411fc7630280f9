from __future__ import annotations

from typing import Any

import pytest

from ari_app.ari.events import EVENTS, SUBJECTS, parse_event
from ari_app.ari.routing import KINDS, ended_by, lane_of, subjects_of
from tests.ari_app.ari.samples import about, bridge, channel, event

PLAYBACK = {"id": "p1", "media_uri": "sound:a", "target_uri": "channel:leg-1", "state": "playing"}


def subjects(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.kind, each.id) for each in subjects_of(parse_event(message))]


def lane(message: dict[str, Any]) -> str:
    return lane_of(subjects_of(parse_event(message)))


def test_all_objects_of_an_event_are_found() -> None:
    message = about("ChannelEnteredBridge", bridge=bridge())
    assert sorted(subjects(message)) == [("Bridge", "bridge-1"), ("Channel", "leg-1")]


def test_the_chief_object_comes_first() -> None:
    dial = event("Dial", caller=channel("a"), peer=channel("b"), dialstatus="")
    assert subjects(dial) == [("Channel", "b"), ("Channel", "a")]
    start = event("StasisStart", replace_channel=channel("old"), channel=channel("new"), args=[])
    assert subjects(start) == [("Channel", "new"), ("Channel", "old")]


def test_objects_deep_within_are_found() -> None:
    transfer = event(
        "ChannelTransfer",
        refer_to={"requested_destination": {}, "destination_channel": channel("to")},
        referred_by={"source_channel": channel("by"), "bridge": bridge("b")},
    )
    assert subjects(transfer) == [("Channel", "by"), ("Channel", "to"), ("Bridge", "b")]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (about("StasisEnd"), "channel:leg-1"),
        (about("ChannelEnteredBridge", bridge=bridge()), "channel:leg-1"),
        (event("PlaybackStarted", playback=PLAYBACK), "channel:leg-1"),
        (event("BridgeDestroyed", bridge=bridge()), "bridge:bridge-1"),
        (event("DeviceStateChanged", device_state={"name": "Stasis:x", "state": "INUSE"}), "devicestate:Stasis:x"),
        (event("ApplicationReplaced"), ""),
        (event("Unheard"), ""),
    ],
)
def test_an_event_keeps_its_place_among_those_of_its_channel(message: dict[str, Any], expected: str) -> None:
    assert lane(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (about("ChannelDestroyed", cause=16), ("Channel", "leg-1")),
        (event("BridgeDestroyed", bridge=bridge()), ("Bridge", "bridge-1")),
        (event("PlaybackFinished", playback=PLAYBACK), ("Playback", "p1")),
        (about("StasisEnd"), None),
    ],
)
def test_the_last_event_of_an_object_is_known(message: dict[str, Any], expected: tuple[str, str] | None) -> None:
    parsed = parse_event(message)
    last = ended_by(parsed, subjects_of(parsed))
    assert (last and (last.kind, last.id)) == expected


def test_the_tables_fit_together() -> None:
    assert set(SUBJECTS) <= set(EVENTS)
    assert {kind for kinds in SUBJECTS.values() for kind in kinds} == set(KINDS)
