from __future__ import annotations

import json

import pytest

from media.audio.codecs.registry import on_websocket
from media.audio.g711 import ALAW
from media.transport.control import ASK_QUEUED
from media.transport.session import MediaSession
from tests.media.fakes import VOICED

PAYLOAD = ALAW.encode(VOICED)
XOFF, XON = '{"event":"MEDIA_XOFF"}', '{"event":"MEDIA_XON"}'


def session(name: str = "alaw") -> MediaSession:
    return MediaSession(on_websocket(name))


def status(frames: int) -> str:
    return json.dumps({"event": "STATUS", "queue_length": frames})


def test_frames_come_at_once_and_in_order_a_little_later() -> None:
    leg = session()
    for number in range(3):
        assert leg.audio(PAYLOAD, 5 + number * 0.02) == (ALAW.decode(PAYLOAD),)
    assert [leg.receive() is None for _ in range(5)] == [True, True, False, False, False]
    assert leg.statistics().received == 3
    assert leg.last_received_at == 5.04


def test_messages_of_any_size_are_cut_into_frames() -> None:
    leg = session()
    assert len(leg.audio(PAYLOAD * 2 + PAYLOAD[:60], 5.0)) == 2
    assert leg.audio(PAYLOAD[60:100], 5.01) == ()
    assert leg.audio(PAYLOAD[100:], 5.02) == (ALAW.decode(PAYLOAD),)


def test_what_no_asterisk_sends_is_counted_and_forgotten() -> None:
    leg = session()
    assert leg.audio(bytes(60_000), 5.0) == ()
    assert leg.control("not JSON") is None
    assert leg.control('{"event":"STATUS","queue_length":"many"}') is None
    assert leg.statistics().malformed == 3
    assert leg.last_received_at is None


def test_nothing_is_sent_while_asterisk_takes_no_more() -> None:
    leg = session()
    leg.control(XOFF)
    assert [leg.send(VOICED) for _ in range(3)] == [()] * 3
    leg.control(XON)
    assert leg.send(VOICED) == (PAYLOAD,)
    assert leg.statistics().dropped == 3


def test_the_queue_is_asked_after_and_kept_short() -> None:
    leg = session()
    sent = [message for _ in range(100) for message in leg.send(VOICED)]
    assert sent.count(ASK_QUEUED) == 10
    for _ in range(3):
        leg.control(status(4))
    assert [leg.send(None) for _ in range(3)] == [(), (), (ALAW.silence,)]
    assert leg.statistics().left_out == 2


def test_the_refusal_of_a_command_is_counted() -> None:
    leg = session()
    leg.control('{"event":"ERROR","error_text":"Unable to parse JSON command"}')
    assert leg.statistics().send_errors == 1


def test_a_lost_frame_is_made_up() -> None:
    leg = session()
    for number in range(150):
        if number != 30:
            leg.audio(PAYLOAD, 5 + number * 0.02)
        leg.receive()
    assert leg.statistics().lost == 1
    assert leg.statistics().concealed_frames >= 1


@pytest.mark.parametrize(("name", "size"), [("ulaw", 160), ("g722", 160), ("slin", 320), ("slin16", 640)])
def test_every_format_s_frames_are_20_ms(name: str, size: int) -> None:
    leg = session(name)
    (payload,) = leg.send(VOICED)
    assert len(payload) == size
    (silent,) = leg.send(None)
    assert len(silent) == size
    assert isinstance(payload, bytes)
    (frame,) = leg.audio(payload, 5.0)
    assert len(frame) == len(VOICED)
