from __future__ import annotations

import json

import pytest

from media.transport.control import (
    ControlError,
    ControlEvent,
    GoOn,
    Halt,
    MarkReached,
    MediaStarted,
    Queued,
    Refused,
    mark,
    read_event,
)

STARTED = (
    '{"event":"MEDIA_START","connection_id":"f4913d5d","channel":"WebSocket/INCOMING/0x7f41","channel_id":"ws-1",'
    '"format":"slin16","optimal_frame_size":640,"ptime":20,"channel_variables":{}}'
)
STATUS = (
    '{"event":"STATUS","channel_id":"ws-1","queue_length":50,"xon_level":800,"xoff_level":900,"queue_full":false,'
    '"bulk_media":false,"media_paused":false}'
)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (STARTED, MediaStarted("slin16", 640)),
        (STATUS, Queued(50)),
        ('{"event":"MEDIA_XOFF","channel_id":"ws-1"}', Halt()),
        ('{"event":"MEDIA_XON","channel_id":"ws-1"}', GoOn()),
        ('{"event":"MEDIA_MARK_PROCESSED","channel_id":"ws-1","correlation_id":"7"}', MarkReached("7")),
        ('{"event":"ERROR","channel_id":"ws-1","error_text":"Unable to parse"}', Refused("Unable to parse")),
        ('{"event":"DTMF_END","digit":"5","channel_id":"ws-1"}', None),
        ('{"event":"SOMETHING_NEW"}', None),
    ],
)
def test_what_asterisk_says_is_read(text: str, event: ControlEvent | None) -> None:
    assert read_event(text) == event


@pytest.mark.parametrize(
    "text",
    ["", "MEDIA_XOFF", "[]", "{}", '{"event":3}', '{"event":"STATUS"}', '{"event":"STATUS","queue_length":-1}'],
)
def test_what_is_no_control_message_says_so(text: str) -> None:
    with pytest.raises(ControlError, match="expected"):
        read_event(text)


def test_a_mark_carries_its_name() -> None:
    assert json.loads(mark("12")) == {"command": "MARK_MEDIA", "correlation_id": "12"}
