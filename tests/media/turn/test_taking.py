from __future__ import annotations

import pytest

from media.turn.onset import Onset
from media.turn.table import Action, Input, State
from media.turn.taking import Expectation, TurnTaking

EXPECTED = Expectation(silence_ms=3000, end_silence_ms=600, max_turn_ms=5000)


class Line:
    """Frames every 20 ms into one TurnTaking; what came of them, with its time in ms."""

    def __init__(self, turns: TurnTaking | None = None) -> None:
        self.turns = turns or TurnTaking(120, 200)
        self.ms = 0
        self.log: list[tuple[int, Action]] = []

    @property
    def at(self) -> float:
        return self.ms / 1000

    def note(self, actions: tuple[Action, ...]) -> None:
        quiet = (Action.START_CLOCK, Action.STOP_CLOCK)
        self.log += [(self.ms, action) for action in actions if action not in quiet]

    def frames(self, pattern: str) -> None:
        """`#` voiced, `.` unvoiced, space: no frame comes."""
        for mark in pattern:
            if mark != " ":
                self.note(self.turns.frame(mark == "#", self.at))
            self.note(self.turns.tick(self.at))
            self.ms += 20

    def listen(self, expected: Expectation = EXPECTED) -> None:
        self.note(self.turns.listen(expected, self.at))

    def agent(self, doing: Input) -> None:
        self.note(self.turns.agent(doing, self.at))

    @property
    def actions(self) -> list[Action]:
        return [action for _, action in self.log]


def test_a_turn_begins_after_120_ms_of_voice_and_ends_600_ms_after_it() -> None:
    line = Line()
    line.listen()
    line.frames("....." + "#" * 20 + "." * 40)
    assert line.log == [(200, Action.KEEP), (200, Action.OPEN), (1080, Action.CLOSE)]
    assert line.turns.onset.started_at == pytest.approx(0.1)
    assert line.turns.onset.voiced_at == pytest.approx(0.48)


def test_a_click_is_no_turn() -> None:
    line = Line()
    line.listen()
    line.frames("###......##.......#...." * 4)
    assert line.actions == []


def test_broken_voice_within_the_window_is_a_turn() -> None:
    line = Line()
    line.listen()
    line.frames("##.##.##")
    assert line.actions == [Action.KEEP, Action.OPEN]


def test_a_pause_shorter_than_the_end_silence_is_part_of_the_turn() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10 + "." * 25 + "#" * 10 + "." * 30)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.CLOSE]


def test_a_turn_ends_though_no_frames_come_any_more() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10 + " " * 40)
    assert line.log[-1] == (780, Action.CLOSE)


def test_a_caller_who_never_stops_is_cut_into_turns() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 550)
    assert [ms for ms, action in line.log if action is Action.CLOSE] == [5000, 10020]


def test_speech_over_the_agent_cuts_it_within_the_start_window() -> None:
    line = Line()
    line.listen()
    line.agent(Input.AGENT)
    line.frames("........" + "#" * 8)
    assert line.log == [(260, Action.KEEP), (260, Action.OPEN), (260, Action.CUT)]


def test_speech_over_a_protected_agent_that_ends_before_it_is_no_turn() -> None:
    line = Line()
    line.listen()
    line.agent(Input.PROTECTED)
    line.frames("#" * 20 + "." * 40)
    line.agent(Input.QUIET)
    line.frames("." * 20)
    assert line.actions == [Action.KEEP, Action.DISCARD]


def test_speech_that_goes_on_past_a_protected_agent_is_a_turn() -> None:
    line = Line()
    line.listen()
    line.agent(Input.PROTECTED)
    line.frames("#" * 20)
    line.agent(Input.QUIET)
    line.frames("#" * 5 + "." * 40)
    assert line.log == [(100, Action.KEEP), (400, Action.OPEN), (1080, Action.CLOSE)]


def test_speech_that_reaches_an_interruptible_utterance_cuts_that() -> None:
    line = Line()
    line.listen()
    line.agent(Input.PROTECTED)
    line.frames("#" * 20)
    line.agent(Input.AGENT)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.CUT]


def test_silence_elapses_once_and_again_only_after_the_clock_is_started() -> None:
    line = Line()
    line.listen()
    line.frames("." * 400)
    assert line.log == [(3000, Action.REPORT_SILENCE)]
    line.turns.restart_silence(line.at)
    line.frames("." * 151)
    assert line.log[1:] == [(11000, Action.REPORT_SILENCE)]


def test_the_silence_clock_waits_for_the_agent_to_finish() -> None:
    line = Line()
    line.agent(Input.AGENT)
    line.listen()
    line.frames("." * 300)
    assert line.actions == []
    line.agent(Input.QUIET)
    line.frames("." * 151)
    assert line.log == [(9000, Action.REPORT_SILENCE)]


def test_the_agent_that_speaks_when_a_turn_ends_keeps_the_clock_still() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10)
    line.agent(Input.AGENT)
    line.frames("." * 300)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.CLOSE]
    assert line.turns.state is State.AGENT


def test_speech_that_began_before_listening_still_counts() -> None:
    line = Line()
    line.frames("#" * 10)
    line.listen()
    line.frames("." * 40)
    assert line.log == [(200, Action.KEEP), (200, Action.OPEN), (780, Action.CLOSE)]
    assert line.turns.onset.started_at == pytest.approx(0)


def test_speech_that_ended_before_listening_does_not() -> None:
    line = Line()
    line.frames("#" * 10 + "." * 40)
    line.listen()
    line.frames("." * 40)
    assert line.actions == []


def test_where_only_keys_count_speech_neither_takes_the_turn_nor_stops_the_clock() -> None:
    line = Line()
    line.agent(Input.AGENT)
    line.listen(Expectation(speech=False, silence_ms=1000))
    line.frames("#" * 20)
    line.agent(Input.QUIET)
    line.frames("#" * 60)
    assert line.log == [(1400, Action.REPORT_SILENCE)]


def test_listening_for_something_else_in_mid_turn_recognises_afresh() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10)
    line.listen(Expectation(end_silence_ms=200))
    line.frames("." * 40)
    assert line.log[2:] == [(200, Action.REOPEN), (380, Action.CLOSE)]


def test_nothing_is_heard_after_stop_listening() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10)
    line.note(line.turns.deafen(line.at))
    line.frames("." * 400)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.DISCARD]


def test_voice_from_before_a_gap_does_not_count() -> None:
    onset = Onset(120, 200)
    assert not any(onset.frame(True, number * 0.02) for number in range(5))
    assert not onset.frame(True, 2.0)


def test_a_start_longer_than_its_window_is_refused() -> None:
    with pytest.raises(ValueError, match="window_ms"):
        Onset(220, 200)
