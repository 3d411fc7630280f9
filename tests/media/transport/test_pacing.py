from __future__ import annotations

from media.transport.pacing import ASK_EVERY, MOST_WAITING, SPARE, Backlog
from tests.media.fakes import VOICED


def told(*frames: int) -> Backlog:
    backlog = Backlog()
    for each in frames:
        backlog.told(each)
    return backlog


def left_out(backlog: Backlog, frame: bytes | None, ticks: int) -> int:
    return sum(backlog.leaves_out(frame) for _ in range(ticks))


def test_it_is_asked_five_times_a_second() -> None:
    backlog = Backlog()
    assert [tick for tick in range(1, 51) if backlog.due()] == [ASK_EVERY * n for n in (1, 2, 3, 4, 5)]


def test_one_frame_may_wait_behind_the_one_just_sent() -> None:
    assert left_out(told(SPARE, SPARE, SPARE), None, 100) == 0


def test_what_keeps_waiting_is_made_up_for_in_silence() -> None:
    backlog = told(4, 5, 4)
    assert left_out(backlog, VOICED, 100) == 0
    assert left_out(backlog, None, 100) == 4 - SPARE
    assert backlog.left_out == 4 - SPARE


def test_a_late_tick_alone_is_no_backlog() -> None:
    assert left_out(told(4, 1, 4), None, 100) == 0
    assert left_out(told(4, 4), None, 100) == 0


def test_quiet_frames_of_speech_will_do() -> None:
    assert left_out(told(4, 4, 4), b"\x10\x00" * 160, 100) == 2


def test_speech_is_left_out_only_beyond_100_ms() -> None:
    assert left_out(told(*[SPARE + MOST_WAITING + 1] * 3), VOICED, 100) == 2


def test_it_is_not_left_out_twice_for_one_backlog() -> None:
    backlog = told(4, 4, 4)
    assert left_out(backlog, None, 100) == 2
    backlog.told(2)
    assert left_out(backlog, None, 100) == 0


def test_what_was_flushed_waits_no_more() -> None:
    backlog = told(9, 9, 9)
    backlog.emptied()
    assert left_out(backlog, None, 100) == 0
    assert backlog.waiting == 0
