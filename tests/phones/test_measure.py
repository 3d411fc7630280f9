"""Figures read off synthetic traces: every time is written down, so is every result."""

from __future__ import annotations

import pytest

from phones.measure import (
    answer_to_voice_ms,
    barge_in_stop_ms,
    jitter,
    key_gaps_ms,
    key_stop_ms,
    percentile,
    turn_gaps_ms,
)
from phones.trace import Arrival, CallTrace, KeyPress, Talkspurt, talkspurts

START = 1_000_000.0


def voice(start_ms: int, end_ms: int) -> list[float]:
    """The times of voiced packets, every 20 ms, the last at `end_ms`."""
    return [START + at / 1000 for at in range(start_ms, end_ms + 1, 20)]


def trace(
    *,
    own: list[float] | None = None,
    far: list[float] | None = None,
    keys: list[tuple[str, int, int]] | None = None,
    answered_ms: int | None = 0,
) -> CallTrace:
    return CallTrace(
        phone="caller",
        invited_at=START - 1,
        ringing_at=None,
        answered_at=None if answered_ms is None else START + answered_ms / 1000,
        ended_at=None,
        end=None,
        own_voiced=tuple(own or ()),
        keys=tuple(KeyPress(key, START + a / 1000, START + b / 1000) for key, a, b in keys or ()),
        arrivals=tuple(Arrival(at, n, n * 160, 1, True) for n, at in enumerate(far or ())),
    )


def about(*values: float) -> object:
    return pytest.approx(values, abs=0.001)


def test_talkspurts_part_at_pauses_longer_than_the_gap() -> None:
    times = tuple(voice(0, 100) + voice(290, 390) + voice(601, 601))
    assert [(round(s.start - START, 3), round(s.end - START, 3)) for s in talkspurts(times, 200)] == [
        (0.0, 0.39),
        (0.601, 0.601),
    ]
    assert talkspurts((), 200) == ()
    assert talkspurts((START,), 200) == (Talkspurt(START, START),)


def test_answer_to_voice_is_from_the_200_to_the_first_voiced_packet() -> None:
    assert answer_to_voice_ms(trace(far=voice(84, 500))) == pytest.approx(84, abs=0.001)


def test_early_media_is_not_the_greeting() -> None:
    assert answer_to_voice_ms(trace(far=voice(-500, -300) + voice(60, 100))) == pytest.approx(60, abs=0.001)


@pytest.mark.parametrize("case", [trace(far=[]), trace(far=voice(0, 100), answered_ms=None)])
def test_no_voice_or_no_answer_has_no_figure(case: CallTrace) -> None:
    assert answer_to_voice_ms(case) is None


def test_turn_gap_is_from_the_callers_last_voice_to_the_agents_first() -> None:
    case = trace(own=voice(1000, 2000) + voice(5000, 6000), far=voice(0, 800) + voice(2700, 4000) + voice(6650, 7000))
    assert turn_gaps_ms(case) == about(700, 650)


def test_a_pause_within_the_callers_sentence_is_no_turn() -> None:
    case = trace(own=voice(1000, 1500) + voice(2000, 2400), far=voice(3000, 3500))
    assert turn_gaps_ms(case) == about(600)


def test_a_turn_without_a_reply_before_the_next_has_no_gap() -> None:
    case = trace(own=voice(1000, 1500) + voice(3000, 3500), far=voice(4200, 4500))
    assert turn_gaps_ms(case) == about(700)


def test_keys_have_gaps_of_their_own_and_only_the_last_of_a_row_counts() -> None:
    case = trace(
        own=voice(1000, 1500), keys=[("1", 2000, 2080), ("2", 2200, 2280), ("#", 2400, 2480)], far=voice(2530, 3000)
    )
    assert key_gaps_ms(case) == about(50)
    assert turn_gaps_ms(case) == ()


def test_barge_in_is_from_the_callers_first_voice_to_the_agents_last() -> None:
    case = trace(own=voice(1000, 2000), far=voice(0, 1140) + voice(2700, 3000))
    assert barge_in_stop_ms(case) == about(140)
    assert turn_gaps_ms(case) == about(700)


def test_speaking_in_the_agents_silence_is_no_barge_in() -> None:
    assert barge_in_stop_ms(trace(own=voice(1000, 2000), far=voice(0, 900) + voice(2700, 3000))) == ()


def test_a_key_over_the_agent_stops_it() -> None:
    case = trace(keys=[("1", 500, 580)], far=voice(0, 640))
    assert key_stop_ms(case) == about(140)
    assert barge_in_stop_ms(case) == ()


def test_jitter_is_the_distance_from_the_timestamps() -> None:
    late = [0, 20, 40, 65, 80, 100, 120]
    arrivals = [Arrival(START + at / 1000, n, n * 160, 1, True) for n, at in enumerate(late)]
    found = jitter(arrivals)
    assert found is not None
    assert [found.p50_ms, found.p99_ms] == pytest.approx([0, 5], abs=0.01)
    assert found.lost == 0


def test_jitter_counts_what_was_lost_and_starts_afresh_with_another_stream() -> None:
    arrivals = [
        Arrival(START, 65534, 0xFFFFFF60, 1, False),
        Arrival(START + 0.06, 1, 320, 1, False),
        Arrival(START + 9, 7, 5, 2, False),
        Arrival(START + 9.02, 8, 165, 2, False),
    ]
    found = jitter(arrivals)
    assert found is not None
    assert found.lost == 2
    assert found.p99_ms == pytest.approx(0, abs=0.01)
    assert jitter(arrivals[:1]) is None


def test_percentiles_are_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (0, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([3.0], 50) == 3.0
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 50)
