"""What is logged of the turns is all that they need to decide the same again."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from media.flight.records import Acted, Called, CallerFrame, Gap, Ticked
from media.flight.replay import TAKEN, replay_turns
from media.flight.turns import RecordedTurns
from media.turn.contest import ContestRules
from media.turn.expectation import Expectation, Manner
from media.turn.table import Action
from media.turn.taking import TurnTaking
from tests.media.fakes import VirtualClock
from tests.media.flight.flights import Tape, conversations, converse, steps_s


class WatchedTurns(RecordedTurns):
    """Holds every tick that was not logged to having changed nothing."""

    def tick(self, at: float) -> tuple[Action, ...]:
        known = ("within", "log", "_log_frame", "_log_beat")
        before = copy.deepcopy({name: value for name, value in vars(self).items() if name not in known})
        ticks = bytes(self.log._records)
        actions = super().tick(at)
        if not self.within and bytes(self.log._records) == ticks:
            after = {name: value for name, value in vars(self).items() if name not in known}
            assert _deep(before) == _deep(after)
        return actions


def _deep(value: object) -> object:
    """A value by its parts, whether or not its class knows equality."""
    if isinstance(value, dict):
        return {key: _deep(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_deep(item) for item in value]
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    parts = {name: getattr(value, name) for name in slots if hasattr(value, name)} | getattr(value, "__dict__", {})
    return {key: _deep(item) for key, item in parts.items()} if parts and not isinstance(value, type) else repr(value)


@settings(max_examples=150, deadline=None)
@given(conversations, steps_s)
def test_a_replay_of_any_conversation_decides_the_same(story: list[tuple[object, ...]], step_s: float) -> None:
    tape = Tape()
    turns = RecordedTurns(tape.log, Manner(contest=ContestRules(claim_ms=300)))
    converse(turns, tape.clock, story, step_s)

    replayed = replay_turns(tape.flight())

    assert replayed.difference is None
    assert replayed.incomplete == ""


@settings(max_examples=40, deadline=None)
@given(conversations)
def test_a_tick_that_is_not_logged_has_changed_nothing(story: list[tuple[object, ...]]) -> None:
    tape = Tape()
    converse(WatchedTurns(tape.log), tape.clock, story, 0.02)


class Open(TurnTaking):
    """Turns whose methods can be wrapped, compiled or not."""


@settings(max_examples=60, deadline=None)
@given(conversations, steps_s)
def test_logging_changes_no_decision(story: list[tuple[object, ...]], step_s: float) -> None:
    decided = []
    for turns_of in (lambda log: Open(), RecordedTurns):
        tape = Tape()
        turns = turns_of(tape.log)
        made: list[object] = []
        for name in ("tick", "listen", "agent", "learned", "judged", "deafen", "forget", "end_turn", "caught", "frame"):
            setattr(turns, name, _telling(getattr(turns, name), made))
        converse(turns, tape.clock, story, step_s)
        decided.append((turns.state, [actions for actions in made if actions]))
    assert decided[0][0] is decided[1][0]
    assert decided[0][1] == decided[1][1]


def _telling(method: Callable[..., object], made: list[object]) -> Callable[..., object]:
    """Notes what a method gave to who called it from outside."""

    def telling(*arguments: object, **named: object) -> object:
        given = method(*arguments, **named)
        made.append(given)
        return given

    return telling


def test_every_input_of_the_turns_is_logged() -> None:
    inputs = {name for name, _ in inspect.getmembers(TurnTaking, inspect.isfunction) if not name.startswith("_")}
    assert {name for name in inputs if name not in vars(RecordedTurns)} == set()


def test_what_a_method_calls_on_itself_is_not_logged_twice() -> None:
    tape = Tape()
    turns = RecordedTurns(tape.log)
    turns.listen(Expectation(), tape.clock.now())
    for _ in range(60):
        turns.frame(True, tape.clock.now(), 900, loud=True)
        tape.clock.advance(0.02)
    records = tape.flight().records
    assert sum(isinstance(record, CallerFrame) for record in records) == 60
    assert sum(isinstance(record, Ticked) for record in records) == 0


@given(st.floats(0, 1e7), st.lists(st.floats(-1, 100), max_size=20))
def test_every_time_comes_back_bit_by_bit(start: float, steps: list[float]) -> None:
    clock = VirtualClock(start)
    tape = Tape(clock=clock)
    times = []
    for step in steps:
        clock.advance(step)
        times.append(clock.now())
        tape.log.frame(False, False, 7, clock.now())
    assert [record.at for record in tape.flight().records if isinstance(record, CallerFrame)] == times


@given(st.integers(0, 10**13), st.lists(st.integers(-30_000, 30_000), max_size=50))
def test_a_time_of_whole_microseconds_costs_two_bytes(start: int, steps: list[int]) -> None:
    clock = VirtualClock(start / 1e6)
    tape = Tape(clock=clock)
    us, times = start, []
    for step in steps:
        us = max(0, us + step)
        times.append(us / 1e6)
        tape.log.frame(True, True, 7, times[-1])
    flight = tape.flight()
    assert [record.at for record in flight.records if isinstance(record, CallerFrame)] == times
    assert len(tape.data) < 60 + 4 * len(steps) + 9 * sum(not step for step in steps)


def test_a_piece_that_found_no_room_is_missed_and_ends_the_replay() -> None:
    tape = Tape()
    turns = RecordedTurns(tape.log)
    turns.listen(Expectation(), tape.clock.now())
    for second in range(4):
        tape.room = second != 2
        for _ in range(50):
            turns.frame(False, tape.clock.now(), 5)
            tape.clock.advance(0.02)
            turns.tick(tape.clock.now())
    flight = tape.flight()
    assert [record.pieces for record in flight.records if isinstance(record, Gap)] == [1]
    assert "1 pieces could not be written" in replay_turns(flight).incomplete


def test_a_changed_decision_is_found_and_told() -> None:
    tape = Tape()
    turns = RecordedTurns(tape.log)
    turns.listen(Expectation(), tape.clock.now())
    for voiced in [True] * 20 + [False] * 80:
        turns.frame(voiced, tape.clock.now(), 900, loud=voiced)
        tape.clock.advance(0.02)
        turns.tick(tape.clock.now())
    flight = tape.flight()
    assert replay_turns(flight).difference is None

    found = next(index for index, record in enumerate(flight.records) if isinstance(record, CallerFrame))
    quieter = [
        replace(record, voiced=False) if isinstance(record, CallerFrame) and index < found + 12 else record
        for index, record in enumerate(flight.records)
    ]
    difference = replay_turns(replace(flight, records=tuple(quieter))).difference
    assert difference is not None
    assert "STOP_CLOCK, KEEP, OPEN, BEGIN, the replay nothing" in str(difference)


def test_a_dropped_decision_is_found() -> None:
    tape = Tape()
    turns = RecordedTurns(tape.log)
    turns.listen(Expectation(silence_ms=100), tape.clock.now())
    tape.clock.advance(0.2)
    turns.tick(tape.clock.now())
    flight = tape.flight()
    records = tuple(record for record in flight.records if not isinstance(record, Acted))
    difference = replay_turns(replace(flight, records=records)).difference
    assert difference is not None
    assert difference.logged == "nothing"
    assert difference.what.startswith("listen(")


def test_a_log_of_other_inputs_is_refused_with_their_name() -> None:
    tape = Tape()
    RecordedTurns(tape.log)
    tape.log.input("whistle", tape.clock.now(), {})
    flight = tape.flight()
    assert [record.method for record in flight.records if isinstance(record, Called)] == ["whistle"]
    try:
        replay_turns(flight)
    except ValueError as error:
        assert "'whistle'" in str(error)
    else:
        raise AssertionError("it was replayed")


def test_a_log_without_turns_says_so() -> None:
    assert "does not say how" in replay_turns(Tape().flight()).incomplete


def test_every_input_of_the_turns_can_be_replayed() -> None:
    public = {name for name, method in vars(TurnTaking).items() if callable(method) and not name.startswith("_")}
    assert public - {"frame", "tick"} == set(TAKEN)
