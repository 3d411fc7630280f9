from __future__ import annotations

import os
import random

from media.audio.g711 import ALAW, ULAW
from media.rtp.jitter import JitterBuffer
from media.rtp.packet import RtpPacket, parse
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver, RtpSender
from tests.media.fakes import VOICED

ASTERISK = ("127.0.0.1", 17000)
STRANGER = ("127.0.0.1", 17002)


def receiver() -> tuple[RtpReceiver, Counters]:
    counters = Counters()
    return RtpReceiver(ASTERISK, Playout(JitterBuffer(40)), counters, ssrc_silence_s=0.1), counters


def packet(number: int, ssrc: int = 1, payload: bytes = ALAW.silence, payload_type: int = 8) -> bytes:
    return bytes(RtpPacket(payload_type, number, number * 160, ssrc, payload))


class TestSender:
    def test_one_source_sequences_by_one_timestamps_by_the_clock(self) -> None:
        sender = RtpSender(ALAW, 99, 0xFFFE, 0xFFFFFFF0)
        sent = [parse(sender.packet(frame)) for frame in (None, VOICED, VOICED, None, VOICED)]
        assert {one.ssrc for one in sent} == {99}
        assert [one.sequence for one in sent] == [0xFFFE, 0xFFFF, 0, 1, 2]
        assert [(one.timestamp - 0xFFFFFFF0) % (1 << 32) for one in sent] == [0, 160, 320, 480, 640]

    def test_the_marker_is_where_a_talkspurt_starts(self) -> None:
        sender = RtpSender(ALAW, 99, 0, 0)
        sent = [parse(sender.packet(frame)) for frame in (None, VOICED, VOICED, None, VOICED)]
        assert [one.marker for one in sent] == [False, True, False, False, True]

    def test_skipped_time_moves_timestamps_only(self) -> None:
        sender = RtpSender(ULAW, 99, 5, 0)
        sender.skip(3)
        sent = parse(sender.packet(None))
        assert (sent.sequence, sent.timestamp, sent.payload_type) == (5, 480, 0)
        assert sent.payload == ULAW.silence


class TestReceiver:
    def test_a_frame_is_given_at_once(self) -> None:
        stream, _ = receiver()
        assert stream.receive(packet(1, payload=ALAW.encode(VOICED)), ASTERISK, 0.0) == (
            ALAW.decode(ALAW.encode(VOICED)),
        )

    def test_both_laws_are_taken_by_their_payload_type(self) -> None:
        stream, _ = receiver()
        (frame,) = stream.receive(packet(1, payload=ULAW.encode(VOICED), payload_type=0), ASTERISK, 0.0)
        assert frame == ULAW.decode(ULAW.encode(VOICED))

    def test_a_stranger_is_counted_and_not_heard(self) -> None:
        stream, counters = receiver()
        assert stream.receive(packet(1), STRANGER, 0.0) == ()
        assert (counters.wrong_source, stream.last_at) == (1, None)

    def test_what_is_no_audio_of_ours_is_malformed(self) -> None:
        stream, counters = receiver()
        for datagram in (
            b"",
            b"hello",
            packet(1, payload_type=18),
            packet(1, payload=b""),
            packet(1, payload=bytes(481)),
        ):
            assert stream.receive(datagram, ASTERISK, 0.0) == ()
        assert counters.malformed == 5

    def test_comfort_noise_keeps_the_stream_alive_without_frames(self) -> None:
        stream, counters = receiver()
        assert stream.receive(packet(1, payload=b"\x20", payload_type=13), ASTERISK, 3.0) == ()
        assert (stream.last_at, counters.malformed) == (3.0, 0)

    def test_another_ssrc_must_wait_for_the_first_to_be_silent(self) -> None:
        stream, counters = receiver()
        stream.receive(packet(1, ssrc=1), ASTERISK, 0.0)
        assert stream.receive(packet(1, ssrc=2), ASTERISK, 0.05) == ()
        assert counters.wrong_ssrc == 1
        assert len(stream.receive(packet(2, ssrc=2), ASTERISK, 0.11)) == 1
        assert stream.receive(packet(2, ssrc=1), ASTERISK, 0.12) == ()
        assert counters.wrong_ssrc == 2

    def test_duplicates_are_heard_once(self) -> None:
        stream, _ = receiver()
        assert len(stream.receive(packet(1), ASTERISK, 0.0)) == 1
        assert stream.receive(packet(1), ASTERISK, 0.0) == ()
        assert stream.statistics.duplicates == 1

    def test_short_and_long_packets_are_cut_to_frames(self) -> None:
        stream, _ = receiver()
        sizes = [len(stream.receive(packet(n, payload=b"\xd5" * 80), ASTERISK, n / 100)) for n in range(4)]
        assert sizes == [0, 1, 0, 1]
        assert len(stream.receive(packet(9, payload=b"\xd5" * 480), ASTERISK, 1.0)) == 3

    def test_noise_on_the_port_never_raises(self) -> None:
        stream, counters = receiver()
        rng = random.Random(3)
        for _ in range(5000):
            stream.receive(os.urandom(rng.randrange(600)), ASTERISK, 0.0)
        assert counters.malformed > 4000
