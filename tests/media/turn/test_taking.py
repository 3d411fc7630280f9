from __future__ import annotations

import pytest

from media.turn.contest import ContestRules
from media.turn.endpointing import Bounds
from media.turn.expectation import Expectation, Manner
from media.turn.heard import Completeness, Heard
from media.turn.onset import Onset
from media.turn.table import Action, Input, State
from media.turn.taking import TurnTaking

RULES = ContestRules(claim_ms=700, click_ms=100, relent_ms=300, relent_most_ms=700)
"""Not what Mercury comes with, which is tuned: what these tests are about holds for any."""

EXPECTED = Expectation(silence_ms=3000, pauses=Bounds(300, 600, 1200), max_turn_ms=5000, recognised=False)
HEARING = Expectation(silence_ms=3000, pauses=Bounds(300, 600, 1200), max_turn_ms=5000)


class Line:
    """Frames every 20 ms into one TurnTaking; what came of them, with its time in ms."""

    def __init__(self, turns: TurnTaking | None = None) -> None:
        self.turns = turns or TurnTaking(Manner(start_ms=120, window_ms=200, contest=RULES))
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
    assert line.log == [(200, Action.KEEP), (200, Action.OPEN), (200, Action.BEGIN), (1080, Action.CLOSE)]
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
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN]


def test_a_pause_shorter_than_the_end_silence_is_part_of_the_turn() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10 + "." * 25 + "#" * 10 + "." * 30)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN, Action.CLOSE]


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


STOPPED = [Action.PAUSE, Action.KEEP, Action.OPEN]


def over(line: Line, expected: Expectation = HEARING) -> Line:
    """The agent speaks and may be interrupted."""
    line.listen(expected)
    line.agent(Input.AGENT)
    line.frames(".....")
    return line


def tell(line: Line, completeness: Completeness, *, claims: bool) -> None:
    """What was said up to the present pause has been recognised."""
    line.note(line.turns.learned(Heard(line.turns.voiced_at, completeness, claims), line.at))


def test_the_agent_stands_still_at_the_first_voiced_frames() -> None:
    line = over(Line())
    line.frames("###")
    assert line.log == [(140, action) for action in STOPPED]
    assert line.turns.state is State.CONTESTED
    assert line.turns.started_at == pytest.approx(0.1)


def test_a_click_lets_the_agent_go_on_100_ms_after_it() -> None:
    line = over(Line())
    line.frames("###" + "." * 10)
    assert line.log[3:] == [(240, Action.DISCARD), (240, Action.RESUME)]
    assert line.turns.state is State.AGENT


def test_speech_that_goes_on_takes_the_turn_without_a_word_understood() -> None:
    line = over(Line(), EXPECTED)
    line.frames("#" * 40 + "." * 40)
    assert line.log[3:] == [(780, Action.BEGIN), (780, Action.CUT), (1480, Action.CLOSE)]


def test_pauses_between_words_do_not_count_as_speech_nor_end_it() -> None:
    line = over(Line(), EXPECTED)
    line.frames(("#" * 12 + "." * 10) * 3)
    claimed = [ms for ms, action in line.log if action is Action.CUT]
    assert claimed == [1180], "the 35th voiced frame"


def test_a_short_word_that_nobody_can_hear_gives_the_turn_back() -> None:
    line = over(Line(), EXPECTED)
    line.frames("#" * 15 + "." * 20)
    assert line.log[3:] == [(680, Action.DISCARD), (680, Action.RESUME)]


def test_words_take_the_turn_at_the_first_pause_and_a_complete_answer_ends_it_soon() -> None:
    line = over(Line())
    line.frames("#" * 15 + "." * 10)
    assert line.log[3:] == [(540, Action.PROBE)]
    tell(line, Completeness.COMPLETE, claims=True)
    line.frames("." * 20)
    assert line.log[4:] == [(600, Action.BEGIN), (600, Action.CUT), (680, Action.CLOSE)]


def test_words_that_claim_nothing_give_the_turn_back() -> None:
    line = over(Line())
    line.frames("#" * 15 + "." * 10)
    tell(line, Completeness.COMPLETE, claims=False)
    line.frames("." * 20)
    assert line.log[4:] == [(680, Action.DISCARD), (680, Action.RESUME)]


def test_words_that_do_not_come_are_waited_for_700_ms() -> None:
    line = over(Line())
    line.frames("#" * 15 + "." * 50)
    assert line.log[4:] == [(1080, Action.DISCARD), (1080, Action.RESUME)]


def test_news_of_an_earlier_pause_is_left_alone() -> None:
    line = over(Line())
    line.frames("#" * 15 + "." * 10)
    old = Heard(line.turns.voiced_at, Completeness.COMPLETE, claims=True)
    line.frames("#")
    line.note(line.turns.learned(old, line.at))
    line.note(line.turns.judged(old.voiced_at, 1.0, line.at))
    assert line.turns.state is State.CONTESTED


def test_an_agent_that_stood_still_for_nothing_grows_wary_until_it_says_something_else() -> None:
    line = over(Line(), EXPECTED)
    line.frames("###" + "." * 15 + "#####" + "." * 15)
    assert line.actions.count(Action.PAUSE) == 1
    line.frames("#" * 6 + "." * 30)
    assert line.actions.count(Action.PAUSE) == 2
    line.frames("#" * 14 + "." * 40)
    assert line.actions.count(Action.PAUSE) == 2, "300 ms of voice by now"
    line.agent(Input.QUIET)
    line.agent(Input.AGENT)
    line.frames("...###")
    assert line.actions.count(Action.PAUSE) == 3


def test_an_agent_cut_by_a_key_leaves_the_turn_to_a_caller_who_speaks_but_not_to_a_click() -> None:
    speaking, clicking = over(Line()), over(Line())
    speaking.frames("#" * 10)
    clicking.frames("####")
    for line in (speaking, clicking):
        line.agent(Input.QUIET)
    assert speaking.actions == [*STOPPED, Action.BEGIN]
    assert clicking.actions == [*STOPPED, Action.DISCARD, Action.RESUME]
    assert clicking.turns.state is State.WAITING


def test_speech_that_reaches_a_protected_utterance_lets_it_be_said() -> None:
    line = over(Line())
    line.frames("#" * 10)
    line.agent(Input.PROTECTED)
    assert line.actions == [*STOPPED, Action.RESUME]
    assert line.turns.state is State.OVERLAP


def test_an_agent_that_ends_under_speech_that_was_not_contested_leaves_a_turn() -> None:
    wary = Manner(contest=ContestRules(stir_ms=300, stir_window_ms=500, wariness=(1,)))
    line = over(Line(TurnTaking(wary)))
    line.frames("#" * 8)
    line.agent(Input.QUIET)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN]


def test_noise_over_the_agent_that_is_long_past_is_no_beginning_of_the_next_turn() -> None:
    wary = Manner(contest=ContestRules(stir_ms=300, stir_window_ms=500, wariness=(1,)))
    line = over(Line(TurnTaking(wary)))
    line.frames("#" * 8 + "." * 15)
    line.agent(Input.QUIET)
    line.frames("...." + "#" * 8)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN]
    assert line.turns.started_at == pytest.approx(0.64)


def test_where_speech_no_longer_counts_the_contest_is_over() -> None:
    line = over(Line())
    line.frames("#" * 10)
    line.listen(Expectation(speech=False))
    assert line.actions == [*STOPPED, Action.DISCARD, Action.RESUME]
    assert line.turns.state is State.AGENT


@pytest.mark.parametrize(
    ("known", "ends_after_ms"),
    [
        (Completeness.COMPLETE, 300),
        (Completeness.OPEN, 600),
        (Completeness.NOTHING, 600),
        (Completeness.GOING_ON, 1200),
    ],
)
def test_what_was_said_decides_how_long_a_pause_ends_the_turn(known: Completeness, ends_after_ms: int) -> None:
    line = Line()
    line.listen(HEARING)
    line.frames("#" * 10 + "." * 10)
    tell(line, known, claims=False)
    line.frames("." * 60)
    assert line.log[3] == (340, Action.PROBE)
    assert line.log[4] == (180 + ends_after_ms, Action.CLOSE)


def test_a_model_that_is_sure_shortens_the_pause_and_one_that_doubts_it_lengthens_it() -> None:
    ends = []
    for probability in (0.9, 0.55, 0.1):
        line = Line()
        line.listen(Expectation(pauses=Bounds(300, 600, 1200), recognised=False, judged=True))
        line.frames("#" * 10 + "." * 10)
        line.note(line.turns.judged(line.turns.voiced_at, probability, line.at))
        line.frames("." * 60)
        ends += [ms - 180 for ms, action in line.log if action is Action.CLOSE]
    assert ends == [300, 740, 1200]


def test_each_pause_is_asked_about_once_and_more_speech_makes_its_answer_worthless() -> None:
    line = Line()
    line.listen(HEARING)
    line.frames("#" * 10 + "." * 12)
    tell(line, Completeness.GOING_ON, claims=False)
    line.frames("#" * 10 + "." * 35)
    probes = [ms for ms, action in line.log if action is Action.PROBE]
    assert probes == [340, 780]
    assert line.log[-1] == (620 + 600, Action.CLOSE)


def test_a_voice_that_got_louder_is_waited_for_longer() -> None:
    line = Line()
    line.listen(EXPECTED)
    for level in [*[800] * 20, *[4000] * 4, *[0] * 60]:
        line.note(line.turns.frame(level > 0, line.at, level))
        line.ms += 20
    assert line.log[-1] == (23 * 20 + 900, Action.CLOSE)


def test_a_short_answer_of_150_ms_is_a_turn() -> None:
    line = Line()
    line.listen(EXPECTED)
    line.frames("....." + "#######" + "." * 40)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN, Action.CLOSE]


def murmur(line: Line, pattern: str) -> None:
    """`~` is loud though no voice was made out."""
    for mark in pattern:
        line.note(line.turns.frame(False, line.at, 900, loud=mark == "~"))
        line.ms += 20


def test_what_is_loud_and_no_voice_is_looked_at_for_words_once_it_is_over() -> None:
    line = Line()
    line.listen(HEARING)
    murmur(line, "....." + "~" * 8 + "." * 15)
    assert line.log == [(440, Action.CATCH)]
    assert line.turns.murmur.started_at == pytest.approx(0.1)
    line.note(line.turns.caught(line.at))
    assert line.actions == [Action.CATCH, Action.TAKE]


@pytest.mark.parametrize("pattern", ["~~." + "." * 20, "~" * 80 + "." * 20])
def test_a_tap_and_steady_noise_are_not_looked_at(pattern: str) -> None:
    line = Line()
    line.listen(HEARING)
    murmur(line, pattern)
    assert line.actions == []


def test_words_are_not_taken_once_the_agent_speaks_or_another_turn_has_begun() -> None:
    line = Line()
    line.listen(HEARING)
    line.agent(Input.AGENT)
    line.note(line.turns.caught(line.at))
    assert line.actions == []


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
    assert line.log == [(100, Action.KEEP), (400, Action.OPEN), (400, Action.BEGIN), (1080, Action.CLOSE)]


def test_speech_that_reaches_an_interruptible_utterance_cuts_that() -> None:
    line = Line()
    line.listen()
    line.agent(Input.PROTECTED)
    line.frames("#" * 20)
    line.agent(Input.AGENT)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN, Action.CUT]


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
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN, Action.CLOSE]
    assert line.turns.state is State.AGENT


def test_speech_that_began_before_listening_still_counts() -> None:
    line = Line()
    line.frames("#" * 10)
    line.listen()
    line.frames("." * 40)
    assert line.log == [(200, Action.KEEP), (200, Action.OPEN), (200, Action.BEGIN), (780, Action.CLOSE)]
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
    line.listen(Expectation(pauses=Bounds(200, 200, 200), recognised=False))
    line.frames("." * 40)
    assert line.log[3:] == [(200, Action.OPEN), (380, Action.CLOSE)]


def test_nothing_is_heard_after_stop_listening() -> None:
    line = Line()
    line.listen()
    line.frames("#" * 10)
    line.note(line.turns.deafen(line.at))
    line.frames("." * 400)
    assert line.actions == [Action.KEEP, Action.OPEN, Action.BEGIN, Action.DISCARD]


def test_voice_from_before_a_gap_does_not_count() -> None:
    onset = Onset(120, 200)
    assert not any(onset.frame(True, number * 0.02) for number in range(5))
    assert not onset.frame(True, 2.0)


def test_a_start_longer_than_its_window_is_refused() -> None:
    with pytest.raises(ValueError, match="window_ms"):
        Onset(220, 200)
