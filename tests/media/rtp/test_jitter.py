from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES
from media.native.loading import Native, status
from media.rtp.jitter import Arrival, JitterBuffer

BASE = 0xFFFFFF00
"""Timestamps wrap within the first frames."""


def audio(number: int, samples: int = FRAME_SAMPLES) -> bytes:
    return (number % 30000 + 1).to_bytes(2, "little") * samples


def timestamp(number: int, samples: int = FRAME_SAMPLES) -> int:
    return (BASE + number * samples) % (1 << 32)


def play(buffer: JitterBuffer, frames: int) -> list[bytes | None]:
    return [buffer.pull() for _ in range(frames)]


def test_first_frame_is_played_a_depth_later_and_the_rest_in_order() -> None:
    buffer = JitterBuffer(40)
    out = []
    for number in range(10):
        buffer.put(timestamp(number), audio(number))
        out.append(buffer.pull())
    assert out == [None, None, *(audio(number) for number in range(8))]


def test_reordered_packets_are_put_in_order() -> None:
    buffer = JitterBuffer(60)
    for number in (0, 2, 1, 3):
        buffer.put(timestamp(number), audio(number))
    assert play(buffer, 7)[3:] == [audio(number) for number in range(4)]


def test_a_lost_packet_leaves_a_gap_in_its_place() -> None:
    buffer = JitterBuffer(40)
    for number in (0, 1, 3):
        buffer.put(timestamp(number), audio(number))
    assert play(buffer, 6)[2:] == [audio(0), audio(1), None, audio(3)]


def test_a_late_packet_is_left_out() -> None:
    buffer = JitterBuffer(20)
    buffer.put(timestamp(0), audio(0))
    play(buffer, 3)
    buffer.put(timestamp(3), audio(3))
    assert buffer.put(timestamp(1), audio(1)) is Arrival.LATE
    assert play(buffer, 2) == [None, audio(3)]


def test_timeline_goes_on_across_silence() -> None:
    buffer = JitterBuffer(40)
    buffer.put(timestamp(0), audio(0))
    play(buffer, 52)
    buffer.put(timestamp(51), audio(51))
    assert play(buffer, 2) == [None, audio(51)]


def test_a_marker_on_an_empty_buffer_starts_a_talkspurt_at_full_depth() -> None:
    buffer = JitterBuffer(40)
    buffer.put(timestamp(0), audio(0))
    play(buffer, 100)
    assert buffer.put(timestamp(1), audio(1), marker=True) is Arrival.TAKEN
    assert play(buffer, 3) == [None, None, audio(1)]


def test_a_sender_whose_clock_stood_still_over_silence_is_followed_after_three_packets() -> None:
    buffer = JitterBuffer(40)
    buffer.put(timestamp(0), audio(0))
    play(buffer, 100)
    arrivals = [buffer.put(timestamp(number), audio(number)) for number in range(1, 5)]
    assert arrivals == [Arrival.LATE, Arrival.LATE, Arrival.TAKEN, Arrival.TAKEN]
    assert play(buffer, 4) == [None, None, audio(3), audio(4)]


def test_a_timestamp_jump_lays_the_timeline_afresh() -> None:
    buffer = JitterBuffer(40)
    buffer.put(timestamp(0), audio(0))
    play(buffer, 3)
    buffer.put(timestamp(1_000_000), audio(5))
    assert play(buffer, 3) == [None, None, audio(5)]


def test_a_burst_never_becomes_lasting_delay() -> None:
    buffer = JitterBuffer(40, spare_ms=100)
    for number in range(30):
        buffer.put(timestamp(number), audio(number))
        assert buffer.depth_frames <= 8
    assert buffer.skipped > 0
    played = [frame for frame in play(buffer, 40) if frame]
    assert played[-1] == audio(29)


@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
def test_any_ptime_comes_out_as_20_ms_frames(ptime_ms: int) -> None:
    samples = ptime_ms * 8
    stream = b"".join(audio(number, 80) for number in range(24))
    buffer = JitterBuffer(60, spare_ms=400)
    for number in range(24 * 80 // samples):
        start = number * samples * 2
        buffer.put(timestamp(number, samples), stream[start : start + samples * 2])
    assert b"".join(frame for frame in play(buffer, 20) if frame) == stream


def test_reset_forgets_the_old_source() -> None:
    buffer = JitterBuffer(20)
    buffer.put(timestamp(0), audio(0))
    buffer.reset()
    buffer.put(12345, audio(9))
    assert play(buffer, 2) == [None, audio(9)]


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="depth"):
        JitterBuffer(-20)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.booleans()), max_size=120), st.integers(0, 0xFFFFFFFF)
)
def test_whatever_comes_frames_are_whole_and_the_buffer_is_bounded(
    arrivals: list[tuple[int, int, bool]], base: int
) -> None:
    buffer = JitterBuffer(40)
    for number, pulls, marker in arrivals:
        buffer.put((base + number * 160) % (1 << 32), audio(number), marker=marker)
        assert buffer.depth_frames <= 8
        for _ in range(pulls):
            frame = buffer.pull()
            assert frame is None or len(frame) == FRAME_BYTES


def test_twenty_milliseconds_of_jitter_lose_nothing() -> None:
    rng = random.Random(1)
    arrivals = sorted((number * 20 + rng.uniform(0, 20), number) for number in range(500))
    buffer = JitterBuffer(40)
    out: list[bytes | None] = []
    tick = arrivals[0][0] + 5.0
    for at, number in arrivals:
        while tick <= at:
            out.append(buffer.pull())
            tick += 20
        assert buffer.put(timestamp(number), audio(number)) is Arrival.TAKEN
    out += play(buffer, 10)
    assert [frame for frame in out if frame] == [audio(number) for number in range(500)]


# -- a depth that follows -------------------------------------------------------------------------------------------


def run(buffer: JitterBuffer, arrivals: list[tuple[float, int]], until_ms: float) -> list[bytes | None]:
    """Packets (ms, number) in, a tick each 20 ms."""
    out: list[bytes | None] = []
    tick, ahead = 7.0, sorted(arrivals)
    while tick < until_ms:
        while ahead and ahead[0][0] <= tick:
            _, number = ahead.pop(0)
            buffer.put(timestamp(number), audio(number))
        out.append(buffer.pull())
        tick += 20
    return out


def test_a_deeper_aim_holds_ticks_back_and_loses_nothing() -> None:
    buffer = JitterBuffer(20)
    out = run(buffer, [(number * 20.0, number) for number in range(60)], 1200)
    buffer.aim(4)
    out += run(buffer, [((number - 60) * 20.0, number) for number in range(60, 200)], 3200)
    assert [frame for frame in out if frame] == [audio(number) for number in range(200)]
    assert buffer.held == 3


def test_a_shallower_aim_leaves_single_frames_out() -> None:
    buffer = JitterBuffer(120)
    buffer.put(timestamp(0), audio(0))
    buffer.aim(2)
    out = run(buffer, [(number * 20.0, number) for number in range(800)], 16_000)
    assert 3 <= buffer.skipped <= 4
    assert len([frame for frame in out if frame]) >= 790


@pytest.mark.parametrize("clock", [1.0001, 0.9999])
def test_an_hour_of_drift_costs_single_frames(clock: float) -> None:
    """100 parts in a million: 18 frames an hour, one each 200 s."""
    buffer = JitterBuffer(40)
    frames, lost, buffered = 180_000, 0, 0
    sent = 0
    for tick in range(frames):
        while sent * 20 / clock <= tick * 20 + 7:
            lost += buffer.put(timestamp(sent), audio(sent)) is Arrival.LATE
            sent += 1
        buffer.pull()
        buffered = max(buffered, buffer.depth_frames)
    assert buffered <= 5
    assert lost <= 20
    assert buffer.skipped + buffer.held <= 25


# -- packets that are no frames -------------------------------------------------------------------------------------


def test_a_lost_neighbour_leaves_a_hole_that_is_told() -> None:
    buffer = JitterBuffer(20)
    for number in (0, 1, 2, 4):
        buffer.put(timestamp(number, 80), audio(number, 80))
    assert play(buffer, 2) == [None, audio(0, 80) + audio(1, 80)]
    assert buffer.holes == 0
    assert play(buffer, 1) == [audio(2, 80) + bytes(160)]
    assert buffer.holes == (1 << 160) - (1 << 80)
    assert play(buffer, 1) == [audio(4, 80) + bytes(160)]
    assert play(buffer, 1) == [None]
    assert buffer.holes == 0


def test_a_hole_is_filled_by_what_comes_in_time() -> None:
    buffer = JitterBuffer(40)
    for number in (0, 1, 3, 2):
        buffer.put(timestamp(number, 240), audio(number, 240))
    stream = b"".join(frame or b"?" for frame in play(buffer, 8)[2:])
    assert stream == b"".join(audio(number, 240) for number in range(4))
    assert buffer.holes == 0


def test_of_a_long_packet_that_is_late_the_rest_is_played() -> None:
    buffer = JitterBuffer(20)
    buffer.put(timestamp(0, 480), audio(0, 480))
    play(buffer, 5)
    assert buffer.put(timestamp(1, 480), audio(1, 480)) is Arrival.TAKEN
    assert play(buffer, 3) == [audio(1), audio(1), None]


def test_payloads_of_one_byte_a_sample_are_cut_like_audio() -> None:
    buffer = JitterBuffer(20)
    buffer.reset(sample_bytes=1)
    for number in (0, 1, 3):
        buffer.put(timestamp(number, 80), bytes([number + 1]) * 80)
    assert play(buffer, 3) == [None, b"\1" * 80 + b"\2" * 80, bytes(80) + b"\4" * 80]
    assert buffer.holes == (1 << 80) - 1


def test_a_rest_begins_at_its_place_and_ends_with_audio() -> None:
    buffer = JitterBuffer(20)
    buffer.put(timestamp(0), audio(0))
    buffer.rest(timestamp(2), -50)
    seen = []
    for _ in range(5):
        buffer.pull()
        seen.append(buffer.resting)
    assert seen == [None, None, None, -50, -50]
    buffer.put(timestamp(7), audio(7))
    played = [(buffer.pull(), buffer.resting) for _ in range(4)]
    assert [level for _, level in played] == [-50, -50, -50, None]
    assert played[-1][0] == audio(7)


def test_rests_are_bounded() -> None:
    buffer = JitterBuffer(20)
    for number in range(10_000):
        buffer.rest(timestamp(number % 50), -number % 127)
    assert len(buffer._rests) <= 50


def test_packets_that_keep_coming_late_in_part_make_the_buffer_deeper_at_once() -> None:
    buffer = JitterBuffer(20)
    buffer.put(timestamp(0, 480), audio(0, 480))
    play(buffer, 1)
    for number in range(1, 10):
        play(buffer, 3 if number > 1 else 4)
        assert buffer.put(timestamp(number, 480), audio(number, 480)) is Arrival.TAKEN
    assert buffer.held == 2
    assert play(buffer, 4) == [audio(8), audio(9), audio(9), audio(9)], "the last is whole, and waited for its turn"


@pytest.mark.skipif(status() is Native.USED, reason="what is compiled can't be changed")
@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 480), st.integers(0, 2)), max_size=60))
def test_every_sample_that_was_taken_in_time_is_heard_in_its_place(pieces: list[tuple[int, int, int]]) -> None:
    """Pieces anywhere, of any length: what is heard agrees with a plain array, holes included."""

    class Still(JitterBuffer):
        """A buffer whose depth is left alone."""

        LATE_IN_A_ROW = WATCHED = 1000

    buffer = Still(100, spare_ms=1000)
    buffer.put(timestamp(0), audio(0))
    laid: dict[int, int] = dict.fromkeys(range(160), 1)
    playing = -buffer._depth
    for start, samples, pulls in pieces:
        if start + samples > playing * 160:
            late = max(0, playing * 160 - start)
            laid |= dict.fromkeys(range(start + late, start + samples), 2 + samples)
            buffer.put((BASE + start) % (1 << 32), (2 + samples).to_bytes(2, "little") * samples)
        for _ in range(pulls):
            frame = buffer.pull()
            there = [laid.get(at) for at in range(playing * 160, playing * 160 + 160)]
            assert (frame is None) == (not any(there))
            if frame is not None:
                missing = [bool(buffer.holes >> at & 1) for at in range(160)]
                assert missing == [value is None for value in there]
                assert list(memoryview(frame).cast("h")) == [value or 0 for value in there]
            playing += 1
