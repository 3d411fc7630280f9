"""Flight logs in memory, and turns on generated inputs."""

from __future__ import annotations

from hypothesis import strategies as st

from media.flight.log import FlightLog
from media.flight.reader import read_flight
from media.flight.records import Flight
from media.turn.endpointing import Bounds
from media.turn.expectation import Expectation
from media.turn.heard import Completeness, Heard
from media.turn.table import Input
from media.turn.taking import TurnTaking
from tests.media.fakes import VirtualClock


class Tape:
    """A log whose pieces are kept in memory, as long as `room` is."""

    def __init__(self, *, words: bool = True, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.pieces: list[bytes] = []
        self.room = True
        self.ended = False
        self.log = FlightLog(self.clock, self._keep, words=words)

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)

    def flight(self) -> Flight:
        self.log.close()
        return read_flight(self.data)

    def _keep(self, piece: bytes, last: bool) -> bool:
        if self.room:
            self.pieces.append(piece)
            self.ended = last
        return self.room


_expectations = st.builds(
    Expectation,
    speech=st.booleans(),
    silence_ms=st.none() | st.integers(100, 1000),
    pauses=st.sampled_from([Bounds(), Bounds(100, 200, 400)]),
    max_turn_ms=st.sampled_from([500, 15_000]),
    recognised=st.booleans(),
    judged=st.booleans(),
)
_happenings = st.one_of(
    st.tuples(st.just("frames"), st.integers(1, 40), st.booleans(), st.sampled_from([0, 40, 255, 256, 3000, 32768])),
    st.tuples(st.just("listen"), _expectations),
    st.tuples(st.just("agent"), st.sampled_from([Input.AGENT, Input.PROTECTED, Input.QUIET])),
    st.tuples(st.just("learned"), st.sampled_from(Completeness), st.booleans()),
    st.tuples(st.just("judged"), st.floats(0, 1)),
    st.tuples(st.sampled_from(["deafen", "forget", "end_turn", "restart_silence", "caught"])),
    st.tuples(st.just("ask_again")),
    st.tuples(st.just("pause"), st.integers(1, 60)),
)
conversations = st.lists(_happenings, min_size=5, max_size=40)
"""What happens to a call's turns: lists of a method or doing, and its facts."""
steps_s = st.sampled_from([0.02, 0.019_999, 0.02 + 1e-9, 0.1])
"""How long a tick takes: whole microseconds, or not."""


def converse(turns: TurnTaking, clock: VirtualClock, story: list[tuple[object, ...]], step_s: float) -> None:
    """Let it happen, with a tick after each frame."""
    for doing, *facts in story:
        now = clock.now()
        match doing, facts:
            case "frames", [int(count), bool(voiced), int(level)]:
                for _ in range(count):
                    turns.frame(voiced, clock.now(), level, loud=level > 100)
                    clock.advance(step_s)
                    turns.tick(clock.now())
            case "pause", [int(count)]:
                for _ in range(count):
                    clock.advance(step_s)
                    turns.tick(clock.now())
            case "listen", [Expectation() as expected]:
                turns.listen(expected, now)
            case "agent", [Input() as what]:
                turns.agent(what, now)
            case "learned", [Completeness() as completeness, bool(claims)]:
                turns.learned(Heard(turns.voiced_at, completeness, claims), now)
            case "judged", [float(probability)]:
                turns.judged(turns.voiced_at, probability, now)
            case "ask_again", []:
                turns.ask_again()
            case _:
                getattr(turns, str(doing))(now)
