"""Finds every path and way of a flow, by trying all at each wait with the interpreter itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivr_flows.cases.model import Act
from ivr_flows.commands import Command, Wait
from ivr_flows.interpreter import advance, start
from ivr_flows.model import Flow
from ivr_flows.paths.probes import TIME_UP, Probe, events, probes
from ivr_flows.paths.tracing import Hop, Path, Way, beginning, hop, way
from ivr_flows.paths.values import turning_names
from ivr_flows.session import Phase, Session
from ivr_flows.simulator import Passage

MOST_PATHS = 5000
MOST_WAITS = 20_000


@dataclass(frozen=True, slots=True)
class Walk:
    """How to get somewhere: what the call begins with, and the moves."""

    inputs: Mapping[str, object]
    language: str
    acts: Probe


@dataclass(slots=True)
class Found:
    """The paths and ways of a flow, each with the first walk that was found to it."""

    paths: dict[Path, Walk] = field(default_factory=dict)
    ways: dict[Way, Walk] = field(default_factory=dict)
    whole: bool = True
    """False when there are more than `MOST_PATHS` (or `MOST_WAITS` waits on the way), and not all were looked for."""


@dataclass(frozen=True, slots=True)
class _Node:
    session: Session
    asked: Command
    path: Path
    walk: Walk


def explore(flow: Flow, inputs: Mapping[str, object], language: str = "", *, found: Found | None = None) -> Found:
    """Add to `found` what a call with these inputs can take. Raises `InputError`."""
    found = found or Found()
    session, commands = start(flow, inputs, language)
    first = beginning(session, commands)
    walk = Walk(inputs, session.language, ())
    if first.outcome:
        found.paths.setdefault((first,), walk)
        return found
    ahead = deque([_Node(session, commands[-1], (first,), walk)])
    opened, timed = 0, False
    while ahead:
        opened += 1
        if len(found.paths) > MOST_PATHS or opened > MOST_WAITS:
            found.whole = False
            break
        node = ahead.popleft()
        try_time = isinstance(node.asked, Wait) and not timed
        timed = timed or try_time
        ahead.extend(_open(flow, node, found, (TIME_UP,) if try_time else ()))
    return found


def _open(flow: Flow, node: _Node, found: Found, besides: tuple[Probe, ...]) -> Iterator[_Node]:
    """What lies behind a wait: its leaves are noted, the waits behind it given."""
    waits = [hop_.steps[-1] for hop_ in node.path]
    turning = sorted(turning_names(flow))
    seen: set[tuple[Hop, str]] = set()
    for probe in (*probes(flow, node.session, node.asked), *besides):
        last, acts = _try(flow, node, probe, found)
        taken = hop(flow, last)
        if taken is None or (alike := (taken, str([last.after.values.get(name) for name in turning]))) in seen:
            continue
        seen.add(alike)
        path, walk = (*node.path, taken), _on(node.walk, acts)
        if taken.outcome or taken.steps[-1] in waits:
            found.paths.setdefault(path, walk)
        else:
            yield _Node(last.after, last.commands[-1], path, walk)


def _try(flow: Flow, node: _Node, probe: Probe, found: Found) -> tuple[Passage, Probe]:
    """Make the moves until the step is left; the last passage, and the moves that were made."""
    session, asked = node.session, node.asked
    for count, act in enumerate(probe, 1):
        for event in events(act):
            after, commands = advance(flow, session, event)
            passage = Passage(session, asked, event, after, commands)
            if taken := way(flow, passage):
                found.ways.setdefault(taken, _on(node.walk, probe[:count]))
            left = after.phase is Phase.ENDED or after.step != session.step
            session, asked = after, commands[-1]
            if left:
                return passage, probe[:count]
    return passage, probe


def _on(walk: Walk, acts: tuple[Act, ...]) -> Walk:
    return Walk(walk.inputs, walk.language, walk.acts + acts)
