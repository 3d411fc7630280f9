"""The source is locked: whatever comes from elsewhere, or is no RTP of ours, is counted and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.audio.g711 import ALAW
from media.audio.levels import dbfs
from media.rtp.packet import RtpPacket
from tests.media.rtp.stream import ASTERISK, Ear, Peer, decoded, voice

GOLDEN = Path(__file__).parent / "golden"
AUDIO = voice(2.0)
OURS = [(at, packet) for at, packet in Peer(ALAW).packets(AUDIO)]
NOT_RTP = sorted([*GOLDEN.glob("*.rtcp"), *GOLDEN.glob("*.stun"), *GOLDEN.glob("*.dtls")])


def listen_among(intruder: bytes, source: tuple[str, int]) -> Ear:
    """Our stream, with as many packets of somebody else in between."""
    ear = Ear()
    for at, packet in OURS:
        ear.pull_until(at)
        ear.receiver.receive(bytes(packet), ASTERISK, 1 + at / 1000)
        assert ear.receiver.receive(intruder, source, 1 + (at + 1) / 1000) == ()
    ear.pull_until(2200)
    return ear


@pytest.mark.parametrize(
    "source",
    [("127.0.0.1", 17001), ("127.0.0.1", 17002), ("127.0.0.2", 17000), ("0.0.0.0", 17000), ("127.0.0.1", 0)],  # noqa: S104
)
def test_another_port_or_address_is_not_heard_even_with_our_ssrc(source: tuple[str, int]) -> None:
    forged = OURS[50][1]._replace(payload=b"\x2a" * 160, marker=True)
    ear = listen_among(bytes(forged), source)
    assert ear.audio[: len(AUDIO)] == decoded(ALAW, AUDIO)
    counts = ear.close()
    assert (counts.wrong_source, counts.received, counts.duplicates, counts.lost) == (100, 100, 0, 0)


def test_a_source_that_moves_to_another_port_in_mid_call_is_refused_for_good() -> None:
    ear = Ear().listen(OURS[:50])
    for at, packet in OURS[50:]:
        ear.receiver.receive(bytes(packet), ("127.0.0.1", 18000), 2 + at / 1000)
    assert (ear.close().wrong_source, ear.close().received) == (50, 50)
    assert ear.receiver.last_at is not None
    assert ear.receiver.last_at < 2.0, "silence from Asterisk is seen, whoever else is talking"


@pytest.mark.parametrize("path", NOT_RTP, ids=[path.name for path in NOT_RTP])
def test_what_is_no_rtp_is_malformed_also_from_asterisk(path: Path) -> None:
    ear = listen_among(path.read_bytes(), ASTERISK)
    assert ear.audio[: len(AUDIO)] == decoded(ALAW, AUDIO)
    counts = ear.close()
    assert (counts.malformed, counts.received, counts.lost) == (100, 100, 0)


@pytest.mark.parametrize(
    ("payload_type", "payload"),
    [(18, bytes(20)), (96, bytes(160)), (101, b"\x01\x8a\x03\x20"), (10, bytes(321)), (8, bytes(481)), (13, bytes(40))],
)
def test_payloads_that_we_do_not_take_are_malformed(payload_type: int, payload: bytes) -> None:
    ear = listen_among(bytes(RtpPacket(payload_type, 1, 1, Peer(ALAW).ssrc, payload)), ASTERISK)
    assert ear.audio[: len(AUDIO)] == decoded(ALAW, AUDIO)
    assert ear.close().malformed == 100


def test_a_second_source_behind_asterisks_address_waits_for_silence() -> None:
    ear = listen_among(bytes(OURS[50][1]._replace(ssrc=8, payload=b"\x2a" * 160)), ASTERISK)
    assert ear.audio[: len(AUDIO)] == decoded(ALAW, AUDIO)
    assert ear.close().wrong_ssrc == 100
    other = Peer(ALAW, sequence=9, timestamp=77, ssrc=8)
    ear.heard.clear()
    ear.listen([(at + 2300, packet) for at, packet in other.packets(AUDIO)])
    assert ear.audio[: len(AUDIO)] == decoded(ALAW, AUDIO)
    assert (ear.close().received, ear.close().lost) == (200, 0)


class TestGoldenPackets:
    def test_g722_and_linear_audio_sound_the_same(self) -> None:
        ears = []
        for name, payload_type in (("g722", 9), ("slin", 10)):
            ear = Ear()
            (frame,) = ear.receiver.receive((GOLDEN / f"{name}.rtp").read_bytes(), ASTERISK, 1.0)
            assert ear.receiver.codec is not None
            assert ear.receiver.codec.payload_type == payload_type
            ears.append(dbfs(frame))
        assert ears == pytest.approx([-18, -18], abs=1.5), "G.722 begins a little low"

    @pytest.mark.parametrize(("name", "level"), [("comfort_noise", -50), ("comfort_noise_spectrum", -70)])
    def test_comfort_noise_is_read(self, name: str, level: int) -> None:
        ear = Ear()
        assert ear.receiver.receive((GOLDEN / f"{name}.rtp").read_bytes(), ASTERISK, 1.0) == ()
        ear.pull_until(200)
        assert dbfs(ear.heard[-1] or b"\0\0") == pytest.approx(level, abs=2)
