"""A peer that suppresses its silence: comfort noise, or nothing at all (RFC 3389)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from media.audio.codecs.protocol import Codec
from media.audio.codecs.registry import ON_RTP
from media.audio.levels import dbfs
from media.audio.pcm import FRAME_BYTES
from media.rtp.packet import RtpPacket
from tests.media.rtp.stream import ASTERISK, Ear, Peer, decoded, voice

Sent = tuple[float, RtpPacket]


def spurts(peer: Peer, level: int | None, *, silence_ms: int = 2000, again_ms: int = 400) -> Iterator[Sent]:
    """A second of audio, a silence (with comfort noise each 400 ms if it has a level), and a second again."""
    audio = voice(1.0)
    first = list(peer.packets(audio))
    yield from first
    sequence, at = peer.sequence + len(first), 1000.0
    for ms in range(0, silence_ms, again_ms) if level is not None else ():
        clock = (peer.timestamp + (1000 + ms) * 8) % (1 << 32)
        yield at + ms, RtpPacket(13, sequence % 65536, clock, peer.ssrc, bytes([-(level or 0), 12, 34]))
        sequence += 1
    clock = (peer.timestamp + (1000 + silence_ms) * 8) % (1 << 32)
    for later, packet in Peer(peer.codec, peer.ptime_ms, 0.0, sequence % 65536, clock, peer.ssrc).packets(audio):
        yield at + silence_ms + later, packet


def levels(ear: Ear, start_ms: int, end_ms: int) -> list[float]:
    return [dbfs(frame or bytes(FRAME_BYTES)) for frame in ear.heard[start_ms // 20 : end_ms // 20]]


@pytest.mark.parametrize("codec", ON_RTP.values(), ids=[codec.name for codec in ON_RTP.values()])
@pytest.mark.parametrize("ptime_ms", [10, 20, 40])
@pytest.mark.parametrize("level", [-40, -50, -65])
def test_comfort_noise_has_the_level_that_the_peer_asks_for(codec: Codec, ptime_ms: int, level: int) -> None:
    ear = Ear().listen(spurts(Peer(codec, ptime_ms), level))
    noise = levels(ear, 1060, 3020)
    assert all(abs(each - level) < 1.5 for each in noise), (min(noise), max(noise))
    assert sum(noise) / len(noise) == pytest.approx(level, abs=0.5)
    counts = ear.close()
    assert counts.noise_frames in range(98, 104)
    assert counts.concealed_frames == 3, "at the very end only, where nothing says why"
    assert (counts.lost, counts.late, counts.malformed) == (0, 0, 0)
    assert counts.max_gap_ms < 60, "a silence is no gap"
    assert counts.mos > 4.29


def test_the_noise_ends_with_the_frame_that_brings_audio() -> None:
    codec = ON_RTP[8]
    ear = Ear().listen(spurts(Peer(codec), -50))
    second = next(at for at, frame in enumerate(ear.heard) if at > 120 and dbfs(frame or b"\0\0") > -30)
    audio = b"".join(frame or bytes(FRAME_BYTES) for frame in ear.heard[second : second + 50])
    assert audio == decoded(codec, voice(1.0))
    assert second - 2 in range(150, 153)


def test_no_two_frames_of_noise_in_a_row_are_alike() -> None:
    ear = Ear().listen(spurts(Peer(ON_RTP[8]), -50))
    noise = ear.heard[60:140]
    assert len(set(noise)) == len(noise)


def test_a_level_that_changes_is_followed() -> None:
    peer = Peer(ON_RTP[8])
    sent = list(peer.packets(voice(0.2)))
    for number, level in ((10, 70), (30, 45)):
        sent.append((number * 20.0, peer.packet(number, bytes([level]), 13)))
    ear = Ear().listen([(at, p._replace(sequence=(peer.sequence + n) % 65536)) for n, (at, p) in enumerate(sent)])
    assert levels(ear, 300, 600) == pytest.approx([-70.0] * 15, abs=1.5)
    assert levels(ear, 680, 900) == pytest.approx([-45.0] * 11, abs=1.5)


def test_noise_as_loud_as_speech_is_not_believed() -> None:
    ear = Ear().listen(spurts(Peer(ON_RTP[8]), 0))
    assert max(levels(ear, 1060, 3000)) < -28


def test_a_peer_that_stops_sending_is_silent_and_has_lost_nothing() -> None:
    ear = Ear().listen(spurts(Peer(ON_RTP[8]), None))
    assert levels(ear, 1140, 3000) == [-100.0] * 93
    assert ear.heard[60:150] == [None] * 90
    counts = ear.close()
    assert (counts.lost, counts.late, counts.bursts, counts.noise_frames) == (0, 0, 0, 0)
    assert counts.concealed_frames == 6, "60 ms at each end: it might have been loss"
    assert counts.max_gap_ms < 60
    assert counts.mos > 4.29


def test_a_peer_that_begins_with_comfort_noise_is_heard_so() -> None:
    peer = Peer(ON_RTP[8])
    ear = Ear().listen([(0.0, peer.packet(0, b"\x32", 13))])
    assert levels(ear, 60, 300) == pytest.approx([-50.0] * 12, abs=1.5)


def test_a_packet_of_noise_that_comes_late_is_in_force_from_now() -> None:
    peer = Peer(ON_RTP[8])
    sent = list(peer.packets(voice(0.2)))
    ear = Ear().listen([*sent, (500.0, peer.packet(10, b"\x32", 13))], until_ms=800)
    assert ear.heard[20:24] == [None] * 4
    assert levels(ear, 520, 700) == pytest.approx([-50.0] * 9, abs=1.5)


def test_silence_before_a_frame_that_is_only_delayed_is_not_noise() -> None:
    """Noise announced for later does not begin while audio is due."""
    peer = Peer(ON_RTP[8])
    sent = list(peer.packets(voice(0.2)))
    ear = Ear()
    ear.listen([*sent[:4], (80.0, peer.packet(10, b"\x32", 13)), *((at + 90, p) for at, p in sent[6:])], 400)
    assert ear.playout.noise_frames <= 10


def test_levels_are_read_without_the_bit_that_must_be_zero() -> None:
    ear = Ear()
    ear.receiver.receive(bytes(Peer(ON_RTP[8]).packet(0, b"\xb2", 13)), ASTERISK, 1.0)
    ear.pull_until(200)
    assert levels(ear, 80, 200) == pytest.approx([-50.0] * 6, abs=1.5)
