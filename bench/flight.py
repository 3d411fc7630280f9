"""What a flight log costs: bytes a minute of talk, and CPU a frame.

    python -m bench.flight [--minutes 10] [--json FILE]

A call is talked through on a virtual clock whose frames come with a jitter of some milliseconds: the agent speaks a
third of the time, the caller a third, each turn with a pause, a recognition and a listening. The turns are run with a
log and without one; the difference of the two, in CPU time and the best of many runs, is what logging costs. A frame
here is one of the caller's, the tick that follows it, and the agent's level in that tick.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from pathlib import Path

import numpy as np

from media.flight.log import FlightLog
from media.flight.reader import read_flight
from media.flight.replay import replay_turns
from media.flight.turns import RecordedTurns
from media.turn.expectation import Expectation
from media.turn.heard import Completeness, Heard
from media.turn.table import Input
from media.turn.taking import TurnTaking

MOST_BYTES_A_MINUTE = 20_000
MOST_US_A_FRAME = 2.0
_CYCLE = 600
"""Frames of one question, its answer and the silence around them: 12 s."""
_RUNS = 25
_TIMED = 3000
"""Frames of a timed run: a minute."""


class _Clock:
    def __init__(self) -> None:
        self.time = 5000.0

    def now(self) -> float:
        return self.time


_Frame = tuple[float, bool, int]


def _frames(minutes: float) -> list[_Frame]:
    """When each frame comes, whether it is voiced, its level: of words and pauses, over a line's noise."""
    dice = np.random.default_rng(7)
    frames = []
    for n in range(round(minutes * 3000)):
        place = n % _CYCLE
        voiced = 300 <= place < 500 and place % 25 < 19
        at = int((5000.0 + n * 0.02 + abs(dice.normal(0, 0.002))) * 1e6) / 1e6
        frames.append((at, voiced, int(dice.lognormal(7.3, 0.6)) if voiced else int(dice.integers(20, 90))))
    return frames


def _talk(turns: TurnTaking, clock: _Clock, frames: list[_Frame], log: FlightLog | None) -> float:
    """Microseconds a frame."""
    began = time.process_time()
    for n, (at, voiced, level) in enumerate(frames):
        clock.time = at
        place = n % _CYCLE
        if place == 0:
            turns.agent(Input.AGENT, at)
            turns.listen(Expectation(silence_ms=5000), at)
        elif place == 200:
            turns.agent(Input.QUIET, at)
        elif place == 505:
            turns.learned(Heard(turns.voiced_at, Completeness.COMPLETE), at)
        turns.frame(voiced, at, level, loud=voiced)
        turns.tick(at)
        if log and place < 200:
            log.agent(2000 + place, at)
    return (time.process_time() - began) * 1e6 / len(frames)


def _best(frames: list[_Frame]) -> tuple[float, float]:
    """Without a log and with one, by turns: what else the machine does meets both."""
    gc.disable()
    try:
        runs = [(_talk(TurnTaking(), _Clock(), frames, None), _logged(frames)[0]) for _ in range(_RUNS)]
    finally:
        gc.enable()
    return min(plain for plain, _ in runs), min(logged for _, logged in runs)


def _logged(frames: list[_Frame]) -> tuple[float, bytes]:
    clock, pieces = _Clock(), list[bytes]()

    def keep(piece: bytes, last: bool) -> bool:
        pieces.append(piece)
        return True

    log = FlightLog(clock, keep)
    took = _talk(RecordedTurns(log), clock, frames, log)
    log.close()
    return took, b"".join(pieces)


def main() -> int:
    """The command: 0 within both budgets."""
    parser = argparse.ArgumentParser(prog="python -m bench.flight", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    frames = _frames(options.minutes)
    plain, logged = _best(frames[:_TIMED])
    data = _logged(frames)[1]
    replayed = replay_turns(read_flight(data))
    report = {
        "bytes_a_minute": round(len(data) / options.minutes),
        "us_a_frame": round(logged - plain, 2),
        "us_a_frame_without": round(plain, 2),
        "inputs_replayed": replayed.inputs,
        "decisions_replayed": replayed.decisions,
        "difference": str(replayed.difference or ""),
    }
    print(
        f"{report['bytes_a_minute']} bytes a minute of talk (budget {MOST_BYTES_A_MINUTE}), "
        f"{report['us_a_frame']} µs of CPU a frame (budget {MOST_US_A_FRAME}; the turns themselves {plain:.2f})\n"
        f"{replayed.inputs} inputs and {replayed.decisions} decisions replayed: "
        f"{report['difference'] or 'all the same'}"
    )
    if options.json:
        options.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    within = logged - plain <= MOST_US_A_FRAME and len(data) / options.minutes <= MOST_BYTES_A_MINUTE
    return 0 if within and replayed.difference is None else 1


if __name__ == "__main__":
    sys.exit(main())
