"""The paths of a flow that a phone can walk by itself: keys, silence and hanging up. Pure.

Left out are paths that need words, or an answer of the backend, or that ring somebody else: what comes of them does not
hang on what was pressed alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ivr_flows.cases.model import Act, Given
from ivr_flows.cases.runner import begin, perform
from ivr_flows.model import Flow
from ivr_flows.paths import cover
from ivr_flows.paths.explore import Walk
from ivr_flows.paths.skeletons import ordered
from ivr_flows.paths.tracing import Path, shown
from ivr_flows.problems import InputError
from ivr_flows.simulator import SimulationError


@dataclass(frozen=True, slots=True)
class Move:
    """What a caller does once the agent has paused: presses keys, keeps silent so many times, or hangs up (neither)."""

    keys: str = ""
    silences: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """A path as a phone walks it, and what must come of it.

    `number` is the path's in `mercury flows sipp FLOW --list`; 0 is none of the flow's: `refusal` is then the status
    that the phone answers, or 0 for one that rings and is not answered.
    """

    number: int
    shown: str
    outcome: str
    moves: tuple[Move, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    inputs: Mapping[str, object] = field(default_factory=dict)
    takes_ms: int = 0
    """On the virtual clock."""
    refusal: int | None = None

    @property
    def keys(self) -> str:
        """All that is pressed."""
        return "".join(move.keys for move in self.moves)

    @property
    def patient(self) -> bool:
        """Whether the agent is made to wait for silence."""
        return any(move.silences for move in self.moves)


BUSY = Way(0, "the phone is busy (486)", "busy", refusal=486)
UNANSWERED = Way(0, "the phone rings and is not answered", "no_answer", refusal=0)


def ways(flow: Flow, language: str, inputs: Mapping[str, object] | None = None) -> list[Way]:
    """Every path of keys, silence and hang-ups alone, in the order of their numbers.

    `inputs`: those that a route gives; paths that others lead to are left out. None: each path's own.
    """
    covered = cover(flow, [])
    found = covered.found[language].paths
    walks = ((number, path, found.get(path)) for number, path in enumerate(covered.paths, 1))
    return [way for number, path, walk in walks if walk and (way := _way(flow, number, path, walk, inputs))]


def usual(every: Sequence[Way]) -> list[Way]:
    """One way to each outcome: the quickest without waiting for the agent to lose patience, if there is one."""
    outcomes = dict.fromkeys(way.outcome for way in every)
    quickest = sorted(every, key=lambda way: (way.patient, len(way.moves), way.takes_ms))
    return [next(way for way in quickest if way.outcome == outcome) for outcome in outcomes]


def _way(flow: Flow, number: int, path: Path, walk: Walk, inputs: Mapping[str, object] | None) -> Way | None:
    given, acts = ordered(walk)
    if inputs is not None:
        given = given.model_copy(update={"inputs": dict(inputs)})
    worldly = given.model_copy(update={"inputs": None, "language": None, "decision": None}) != Given()
    if worldly or given.decision not in (None, "accepted") or not all(map(_by_hand, acts)):
        return None
    try:
        call = begin(flow, given)
        for act in acts:
            perform(call, act)
    except (SimulationError, InputError):
        return None
    if call.fetches or call.transfers or (path[-1].outcome and (not call.end or call.end.outcome != path[-1].outcome)):
        return None
    moves = tuple(Move(act.keys or "", act.silence or 0) for act in acts)
    moves = moves if call.end else (*moves, Move())
    end = call.end or call.hang_up()
    return Way(number, shown(path), end.outcome, moves, dict(end.data), given.inputs or {}, call.at_ms)


def _by_hand(act: Act) -> bool:
    return act.move in ("keys", "silence") or act.hang_up is True
