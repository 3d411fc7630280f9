"""Every codec and ptime over good and bad paths: what is heard, what is counted, and how it is rated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.audio.codecs.protocol import Codec
from media.audio.codecs.registry import ON_RTP
from media.audio.levels import rms
from media.audio.pcm import FRAME_BYTES
from tests.media.rtp.stream import Ear, Path, Peer, decoded, voice

PTIMES = (10, 20, 30, 40, 60)
every_codec = pytest.mark.parametrize("codec", ON_RTP.values(), ids=[codec.name for codec in ON_RTP.values()])
every_ptime = pytest.mark.parametrize("ptime_ms", PTIMES)


def noise_db(heard: bytes, meant: bytes) -> float:
    """Power of the difference against what was meant."""
    size = min(len(heard), len(meant)) // 2
    one, other = (np.frombuffer(each, "<i2")[:size].astype(float) for each in (heard, meant))
    return float(10 * np.log10(np.mean((one - other) ** 2) / np.mean(other**2) + 1e-12))


@every_codec
@every_ptime
def test_a_clean_stream_is_heard_whole_and_rated_best(codec: Codec, ptime_ms: int) -> None:
    audio = voice(6)
    ear = Ear().listen(Peer(codec, ptime_ms).packets(audio))
    assert ear.audio[: len(audio)] == decoded(codec, audio)
    assert b"".join(ear.at_once) == decoded(codec, audio)
    counts = ear.close()
    assert (counts.codec, counts.ptime_ms) == (codec.name, ptime_ms)
    assert (counts.lost, counts.late, counts.bursts, counts.longest_loss_ms) == (0, 0, 0, 0)
    assert counts.received == 6000 // ptime_ms
    assert counts.jitter_ms < 0.01
    assert counts.max_gap_ms == pytest.approx(ptime_ms, abs=0.1)
    assert counts.mos > 4.29
    # the end of the stream can't be told from loss
    assert counts.concealed_frames == 3


@every_codec
@every_ptime
def test_loss_is_counted_concealed_and_rated(codec: Codec, ptime_ms: int) -> None:
    audio, path = voice(24), Path(loss=0.05, seed=ptime_ms)
    ear = Ear().listen(path.carry(Peer(codec, ptime_ms).packets(audio)))
    counts = ear.close()
    assert abs(counts.lost - path.lost) <= 1, "a loss at the very end can't be known"
    assert counts.late == 0
    made_up_ms = counts.concealed_frames * 20 - 60
    assert path.lost * ptime_ms * 0.85 <= made_up_ms <= path.lost * ptime_ms + 20
    assert counts.longest_loss_ms % ptime_ms == 0
    assert ptime_ms <= counts.longest_loss_ms <= 6 * ptime_ms
    assert counts.mos < 4.22
    heard, meant = ear.audio[: len(audio)], decoded(codec, audio)
    assert noise_db(heard, meant) < -8, "what was made up is like what was lost"
    frames = [heard[at : at + FRAME_BYTES] for at in range(0, len(audio), FRAME_BYTES)]
    dead = [at for at, frame in enumerate(frames) if rms(frame) < 200]
    assert len(dead) <= (2 if ptime_ms < 60 else 12), "no holes but where too much was lost in a row"


@every_codec
@every_ptime
def test_reordered_and_doubled_packets_are_heard_in_order_once(codec: Codec, ptime_ms: int) -> None:
    audio, path = voice(12), Path(reorder=0.05, duplicate=0.05, late_ms=ptime_ms * 1.3, seed=ptime_ms)
    ear = Ear(depth_ms=100).listen(path.carry(Peer(codec, ptime_ms).packets(audio)))
    counts = ear.close()
    assert ear.audio[: len(audio)] == decoded(codec, audio)
    assert counts.duplicates == path.duplicated > 0
    assert counts.out_of_order > 0
    assert (counts.lost, counts.late) == (0, 0)


@every_codec
@every_ptime
def test_loss_jitter_and_reordering_together_leave_a_stream_in_its_place(codec: Codec, ptime_ms: int) -> None:
    audio, path = voice(24), Path(0.03, 0.05, 0.05, jitter_ms=40, seed=ptime_ms)
    ear = Ear().listen(path.carry(Peer(codec, ptime_ms).packets(audio)))
    counts = ear.close()
    assert abs(counts.lost - path.lost) <= 1
    assert counts.late <= 24_000 // ptime_ms * 0.03
    assert counts.delay_ms <= 160
    assert len(ear.audio) >= len(audio) * 0.99
    assert 3.0 < counts.mos < 4.3


def test_the_same_share_of_loss_is_rated_worse_in_longer_packets() -> None:
    ratings = []
    for ptime_ms in (20, 60):
        peer = Peer(ON_RTP[8], ptime_ms)
        packets = [each for number, each in enumerate(peer.packets(voice(36))) if number % 20 != 10]
        ratings.append(Ear().listen(packets).close().mos)
    assert ratings[0] > ratings[1] + 0.03


def test_loss_before_a_transcoder_is_found_in_the_timestamps_and_rated() -> None:
    """Asterisk numbers anew what it transcodes, and leaves out what comes out of order."""
    peer, path = Peer(ON_RTP[8]), Path(loss=0.03)
    come = path.carry(peer.packets(voice(24)))
    counts = Ear().listen((at, p._replace(sequence=number)) for number, (at, p) in enumerate(come)).close()
    assert counts.lost == 0
    assert counts.missing_ms == pytest.approx(20 * path.lost, abs=60)
    assert counts.mos == pytest.approx(Ear().listen(come).close().mos, abs=0.05)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([8, 9, 10]),
    st.sampled_from(PTIMES),
    st.lists(st.floats(0, 1, allow_nan=False), min_size=30, max_size=30),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF_FFFF),
)
def test_order_and_content_survive_any_reordering_within_the_depth(
    payload_type: int, ptime_ms: int, delays: list[float], sequence: int, timestamp: int
) -> None:
    """Packets that are late by less than the depth, in whatever order: all is heard, to the sample."""
    depth_ms, codec = 100, ON_RTP[payload_type]
    audio = voice(30 * ptime_ms / 1000)
    peer = Peer(codec, ptime_ms, sequence=sequence, timestamp=timestamp)
    sent = list(peer.packets(audio))
    come = [
        (at + delay * (depth_ms - 20) if number else at, packet)
        for number, ((at, packet), delay) in enumerate(zip(sent, delays, strict=False))
    ]
    ear = Ear(depth_ms=depth_ms, most_ms=depth_ms).listen(sorted(come, key=lambda each: each[0]))
    assert ear.audio[: len(audio)] == decoded(codec, audio)
    assert ear.close().late == 0


@pytest.mark.parametrize("codec", ON_RTP.values(), ids=[codec.name for codec in ON_RTP.values()])
@pytest.mark.parametrize("ptime_ms", [10, 20, 60])
@pytest.mark.parametrize("jump_s", [0.5, 0.9, 1.1, 60, 3600 * 24, -0.5, -1.1, -60, -3600 * 24])
def test_a_jump_of_the_timestamps_costs_a_fraction_of_a_second(codec: Codec, ptime_ms: int, jump_s: float) -> None:
    """Forward it is followed at once; backward after three packets that are too late, once the buffer is empty."""
    audio = voice(2.0)
    sent = list(Peer(codec, ptime_ms).packets(audio))
    half, jump = len(sent) // 2, round(jump_s * 8000)
    moved = [(at, p._replace(timestamp=(p.timestamp + jump) % (1 << 32))) for at, p in sent[half:]]
    ear = Ear().listen([*sent[:half], *moved])
    counts = ear.close()
    assert (counts.lost, counts.duplicates, counts.malformed) == (0, 0, 0)
    assert counts.late <= 3 + 60 // ptime_ms
    heard, meant = ear.audio, decoded(codec, audio)
    before, after = heard[:16_000], [heard[at : at + FRAME_BYTES] for at in range(16_000, len(heard), FRAME_BYTES)]
    assert before[:14_400] == meant[:14_400]
    assert sum(rms(frame) > 1000 for frame in after) >= 50 - 6 - 180 // 20, "most of the other second is heard"
    if not codec.stateful:
        assert sum(meant.find(frame, 14_400) >= 0 for frame in after if rms(frame) > 1000) >= 32, "and to the sample"
    assert len(heard) <= len(audio) + 12 * FRAME_BYTES + 400 * 16, "no lasting delay"
