from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ari_app.ari.errors import MalformedMessage
from ari_app.ari.events import EVENTS, ChannelDtmfReceived, Dial, Event, StasisStart, parse_event
from tests.ari_app.ari.samples import about, channel, event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_an_event_is_typed_to_its_last_field() -> None:
    parsed = parse_event(about("StasisStart", args=["inbound", "exotel"]))
    assert isinstance(parsed, StasisStart)
    assert parsed.args == ("inbound", "exotel")
    assert parsed.channel.id == "leg-1"
    assert parsed.channel.dialplan.priority == 1
    assert parsed.channel.caller.number == "+91981"
    assert parsed.replace_channel is None
    assert parsed.application == "shop"
    assert parsed.timestamp == datetime(2026, 11, 21, 3, 7, 13, 850_000, tzinfo=UTC)


def test_fields_of_a_later_asterisk_are_kept_in_json() -> None:
    parsed = parse_event(about("ChannelDtmfReceived", digit="5", duration_ms=120, mood="good"))
    assert isinstance(parsed, ChannelDtmfReceived)
    assert (parsed.digit, parsed.duration_ms) == ("5", 120)
    assert parsed.json["mood"] == "good"


def test_an_event_of_a_later_asterisk_is_a_plain_event() -> None:
    parsed = parse_event(event("ChannelTeleported", place="moon"))
    assert type(parsed) is Event
    assert (parsed.type, parsed.json["place"]) == ("ChannelTeleported", "moon")


def test_missing_and_odd_plain_values_do_not_lose_the_event() -> None:
    parsed = parse_event({"type": "ChannelDtmfReceived", "channel": channel(), "digit": 5, "duration_ms": True})
    assert isinstance(parsed, ChannelDtmfReceived)
    assert (parsed.digit, parsed.duration_ms, parsed.timestamp, parsed.application) == ("", 0, None, "")


def test_objects_that_may_be_missing_may_be_missing() -> None:
    parsed = parse_event(event("Dial", peer=channel("b"), dialstatus="ANSWER"))
    assert isinstance(parsed, Dial)
    assert parsed.caller is None
    assert parsed.peer.id == "b"


@pytest.mark.parametrize(
    "message", [None, [], "text", 7, {}, {"type": 7}, event("StasisStart"), event("StasisStart", channel="leg-1")]
)
def test_what_is_no_event_is_refused(message: object) -> None:
    with pytest.raises(MalformedMessage, match="expected"):
        parse_event(message)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(EVENTS)), st.dictionaries(st.text(), JSON))
def test_any_json_is_parsed_or_refused(kind: str, fields: dict[str, Any]) -> None:
    try:
        parsed = parse_event({**fields, "type": kind})
    except MalformedMessage:
        return
    assert parsed.type == kind


def test_every_class_is_named_as_its_type() -> None:
    assert {name: cls.__name__ for name, cls in EVENTS.items()} == {name: name for name in EVENTS}
