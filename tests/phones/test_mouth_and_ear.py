"""What one phone's mouth makes, another's ear takes: on times that the test chooses."""

from __future__ import annotations

import math
import struct

import pytest

from media.audio.pcm import Pcm
from media.rtp.packet import RtpPacket
from phones.ear import Ear
from phones.keys import EventPayload, key_packets, read_event
from phones.mouth import Mouth


def tone(duration_ms: int, amplitude: int = 8000) -> Pcm:
    count = duration_ms * 8
    samples = (int(amplitude * math.sin(2 * math.pi * 440 * n / 8000)) for n in range(count))
    return Pcm(8000, struct.pack(f"<{count}h", *samples))


def run(mouth: Mouth, ticks: int) -> list[tuple[float, RtpPacket]]:
    return [(n * 0.02, packet) for n in range(ticks) for packet in mouth.tick(n * 0.02)]


def test_silence_is_sent_when_nothing_is_to_be_said() -> None:
    packets = [packet for _, packet in run(Mouth(7, timestamp=0xFFFFFFFF - 159), 3)]
    assert [packet.timestamp for packet in packets] == [0xFFFFFF60, 0, 160]
    assert [packet.marker for packet in packets] == [True, False, False]
    assert {packet.payload for packet in packets} == {b"\xd5" * 160}
    assert {packet.payload_type for packet in packets} == {8}


def test_a_recording_is_heard_as_voice_at_the_time_it_was_sent() -> None:
    mouth, ear, done = Mouth(7), Ear(), []
    mouth.say(tone(100), lambda: done.append("said"))
    for at, packet in run(mouth, 8):
        ear.hear(at + 0.001, bytes(packet))
    assert mouth.voiced == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08])
    assert [a.at for a in ear.arrivals if a.voiced] == pytest.approx([0.001, 0.021, 0.041, 0.061, 0.081])
    assert done == ["said"]
    assert not mouth.busy


def test_a_key_is_an_event_with_one_timestamp_growing_and_ended_three_times() -> None:
    mouth, done = Mouth(7, event_payload=96), []
    mouth.press("5", lambda: done.append("pressed"), press_ms=60)
    packets = [packet for _, packet in run(mouth, 3)]
    events = [read_event(packet.payload) for packet in packets]
    assert {packet.payload_type for packet in packets} == {96}
    assert {packet.timestamp for packet in packets} == {0}
    assert [packet.sequence for packet in packets] == [0, 1, 2, 3, 4]
    assert [packet.marker for packet in packets] == [True, False, False, False, False]
    assert events == [EventPayload(5, False, 160), EventPayload(5, False, 320), *[EventPayload(5, True, 480)] * 3]


def test_keys_are_heard_one_by_one_with_their_times() -> None:
    mouth, ear = Mouth(7, event_payload=101), Ear(event_payload=101)
    mouth.press("1*#d", lambda: None, press_ms=80, gap_ms=60)
    for at, packet in run(mouth, 40):
        ear.hear(at, bytes(packet))
    assert "".join(key.key for key in mouth.keys) == "1*#D"
    assert ear.keys == mouth.keys
    assert [round(key.started_at * 1000) for key in ear.keys] == [0, 140, 280, 420]
    assert [round(key.ended_at * 1000) for key in ear.keys] == [60, 200, 340, 480]
    assert len([arrival for arrival in ear.arrivals if not arrival.event]) == 40 - 4 * 4


def test_stopping_tells_everyone_who_waits() -> None:
    mouth, done = Mouth(7), []
    mouth.say(tone(1000), lambda: done.append(1))
    mouth.say(tone(1000), lambda: done.append(2))
    run(mouth, 3)
    mouth.stop()
    assert done == [1, 2]
    assert not mouth.busy


@pytest.mark.parametrize("key", ["", "12", "x", "é"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="expected a key"):
        key_packets(key)


def test_keys_need_the_far_end_to_take_them() -> None:
    with pytest.raises(ValueError, match="no telephone-event"):
        Mouth(7, event_payload=None).press("1", lambda: None)


def test_audio_of_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="16000 Hz"):
        Mouth(7).say(Pcm(16000, b"\0\0"), lambda: None)


@pytest.mark.parametrize("datagram", [b"", b"\x80\x08", b"\x00" * 40, b"GET / HTTP/1.1\r\n\r\n"])
def test_datagrams_that_are_no_rtp_are_counted(datagram: bytes) -> None:
    ear = Ear()
    assert not ear.hear(1.0, datagram)
    assert ear.malformed == 1
    assert ear.arrivals == []


def test_skipped_time_shows_in_the_timestamp_and_the_marker() -> None:
    mouth = Mouth(7)
    mouth.tick(0.0)
    mouth.skip(10)
    (packet,) = mouth.tick(0.22)
    assert packet.timestamp == 11 * 160
    assert packet.marker
