"""A log is read as far as it goes, and refused when it is something else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.flight.format import FlightError, level_of, short_level
from media.flight.log import MOST_HELD
from media.flight.reader import read_flight
from media.flight.records import AgentLevel, CallerFrame, Note
from tests.media.flight.flights import Tape


def a_tape() -> Tape:
    tape = Tape()
    for second in range(3):
        tape.log.note("second", number=second)
        for n in range(50):
            tape.log.frame(n % 2 == 0, False, n * 20, tape.clock.now())
            tape.log.agent(3000, tape.clock.now())
            tape.clock.advance(0.02)
            tape.log.beat(tape.clock.now())
    tape.log.close()
    return tape


WHOLE = a_tape()


def test_all_of_it_comes_back() -> None:
    flight = read_flight(WHOLE.data)
    assert flight.damage == ""
    assert [note.facts["number"] for note in flight.notes("second")] == [0, 1, 2]
    frames = [record for record in flight.records if isinstance(record, CallerFrame)]
    assert [(frame.voiced, frame.level) for frame in frames] == [(n % 2 == 0, n * 20) for n in range(50)] * 3
    assert {record.level for record in flight.records if isinstance(record, AgentLevel)} == {
        level_of(short_level(3000))
    }
    assert WHOLE.ended


@given(st.integers(0, len(WHOLE.data) - 1))
def test_a_file_that_breaks_off_is_read_up_to_there(length: int) -> None:
    cut = WHOLE.data[:length]
    if not cut.startswith(b"mercury flight 1\n"):
        with pytest.raises(FlightError, match="expected a flight log"):
            read_flight(cut)
        return
    flight, whole = read_flight(cut), read_flight(WHOLE.data)
    assert flight.records == whole.records[: len(flight.records)]
    ends = [sum(map(len, WHOLE.pieces[:count])) for count in range(1, len(WHOLE.pieces) + 1)]
    assert bool(flight.damage) is (length not in ends and length != len("mercury flight 1\n"))


@settings(max_examples=200)
@given(st.integers(len("mercury flight 1\n"), len(WHOLE.data) - 1), st.integers(1, 255))
def test_a_changed_byte_is_seen_and_never_raises(place: int, by: int) -> None:
    data = bytearray(WHOLE.data)
    data[place] ^= by
    flight = read_flight(bytes(data))
    assert flight.damage
    assert len(flight.records) < len(read_flight(WHOLE.data).records)


@given(st.binary(max_size=200))
def test_what_is_no_flight_log_is_refused(data: bytes) -> None:
    with pytest.raises(FlightError, match="expected a flight log"):
        read_flight(data)


def test_another_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(FlightError, match=r"of version 1, got one of version 7: replay it with the Mercury that wrote"):
        read_flight(b"mercury flight 7\n" + bytes(100))


def test_words_are_masked_unless_they_are_to_be_kept() -> None:
    for words, seen in ((False, "…"), (True, "yes please")):
        tape = Tape(words=words)
        tape.log.note("TurnEnded", text="yes please", confidence=0.9, heard="")
        (note,) = tape.flight().notes("TurnEnded")
        assert note.facts == {"text": seen, "confidence": 0.9, "heard": ""}
        assert (b"please" in tape.data) is words


def test_what_is_private_is_masked_though_words_are_kept() -> None:
    tape = Tape(words=True)
    for private in (False, True, False):
        tape.log.private = private
        tape.log.note("key", digit="7")
    assert [note.facts["digit"] for note in tape.flight().notes("key")] == ["7", "…", "7"]


def test_memory_is_bounded_though_nothing_is_taken() -> None:
    tape = Tape()
    tape.room = False
    for _ in range(3000):
        tape.log.note("long", text="x" * 1000)
    assert len(tape.log._records) <= MOST_HELD + 2000


def test_a_note_that_is_far_too_long_is_left_out_and_said_so() -> None:
    tape = Tape()
    tape.log.note("endless", text="x" * (MOST_HELD + 1))
    kinds = [record.kind for record in tape.flight().records if isinstance(record, Note)]
    assert kinds == ["too_long"]


def test_a_late_tick_is_noted() -> None:
    tape = Tape()
    for wait in (0.02, 0.02, 0.09, 0.02):
        tape.clock.advance(wait)
        tape.log.beat(tape.clock.now())
    flight = tape.flight()
    assert [note.facts["ms"] for note in flight.notes("late")] == [90.0]
    assert len(flight.notes("connected")) == 1


@given(st.integers(0, 32767))
def test_the_agents_level_is_kept_within_six_percent(level: int) -> None:
    assert level * 0.93 - 1 <= level_of(short_level(level)) <= level
    assert short_level(level) < 256


def test_how_the_audio_comes_is_noted_as_it_changes() -> None:
    tape = Tape()
    states = iter([(2, 0, 0), (2, 0, 0), (3, 1, 2), (3, 1, 2)])
    tape.log.watch(lambda: next(states))
    for _ in range(4):
        tape.clock.advance(1.01)
        tape.log.beat(tape.clock.now())
    assert [(n.facts["depth"], n.facts["late"], n.facts["concealed"]) for n in tape.flight().notes("path")] == [
        (2, 0, 0),
        (3, 1, 2),
    ]
