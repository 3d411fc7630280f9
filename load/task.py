"""What is to be done, as the options and the flows say: the flow, its direction, its ways and their shares. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ivr_flows.book import FlowBook
from ivr_flows.hours import is_open
from ivr_flows.model import Flow
from ivr_flows.problems import InputError
from ivr_flows.routes import Arriving, Rule, choose
from load.errors import LoadError
from load.paths import usual, ways
from load.plan import Direction, Entry, Share, make_plan, order_inputs, read_mix

_TRUNK = "test-trunk"
MOST_CALLERS = 10_000
"""Calls in are told apart by the last four digits of who calls."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that say what calls are made."""

    flow: str
    direction: Direction | None = None
    to: str = ""
    mix: str = ""
    language: str = ""
    inputs: str = ""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """The calls that are to be made; how many, and how fast, each step says."""

    flow: Flow
    direction: Direction
    dialled: str
    """By calls in."""
    language: str
    shares: Sequence[Share]
    seed: int

    @property
    def takes_s(self) -> float:
        """The longest way, by the flow's own times."""
        return max(share.way.takes_ms for share in self.shares) / 1000

    def plan(self, calls: int, numbers: Sequence[str], run: str) -> list[Entry]:
        """So many calls; `numbers` are those that can be called."""
        if self.direction == "in":
            if calls > MOST_CALLERS:
                raise LoadError(f"expected at most {MOST_CALLERS} calls in a step, got {calls}")
            numbers = [f"+9198123{number:05}" for number in range(calls)]
        return make_plan(self.shares, calls, numbers, seed=self.seed, order_inputs=order_inputs(self.flow), run=run)


def make_task(asked: Asked, book: FlowBook, at: datetime) -> Task:
    """The task. `at`: now, for routes with hours. Raises `LoadError`."""
    flow = book.flows.get(asked.flow)
    if flow is None:
        raise LoadError(f"expected a flow of the flows file ({', '.join(book.flows)}), got {asked.flow!r}")
    language = asked.language or flow.languages[0]
    if language not in flow.languages:
        raise LoadError(f"expected one of the flow's languages ({', '.join(flow.languages)}), got {language!r}")
    rule = None if asked.direction == "out" else _route(asked, book, at)
    if rule is None and asked.direction == "in":
        raise LoadError(f"no route of one number leads to {flow.name} now: give a number that does with --to (TO=)")
    every = ways(flow, language, _routed(rule, flow) if rule else _inputs(asked, flow))
    direction: Direction = "in" if rule else "out"
    if not every:
        raise LoadError(f"no path of {flow.name} can be walked with keys, silence and hanging up alone")
    shares = read_mix(asked.mix, every, direction) if asked.mix else [Share(way, 1.0) for way in usual(every)]
    return Task(flow, direction, asked.to or (rule.number if rule else ""), language, shares, asked.seed)


def _route(asked: Asked, book: FlowBook, at: datetime) -> Rule | None:
    """The route by which a call in comes to the flow, now."""
    numbers = [asked.to] if asked.to else [rule.number for rule in book.routes if rule.number]
    for number in numbers:
        choice = choose(book.routes, Arriving(number, _TRUNK, at=at), lambda hours: is_open(book.hours[hours], at))
        if choice and choice.flow == asked.flow:
            return replace(choice.rule, number=number)
    if asked.to:
        raise LoadError(f"{asked.to} does not lead to {asked.flow} now: expected a number that the flows route to it")
    return None


def _routed(rule: Rule, flow: Flow) -> dict[str, object]:
    """The inputs that a route gives the flow; the flow for closed hours takes those that it knows."""
    return {name: value for name, value in (rule.inputs or {}).items() if name in flow.inputs}


def _inputs(asked: Asked, flow: Flow) -> Mapping[str, object] | None:
    if not asked.inputs:
        return None
    try:
        inputs = json.loads(asked.inputs)
        flow.check_inputs(inputs)
    except (ValueError, TypeError) as error:
        raise LoadError(f"expected --inputs as a JSON object, got {asked.inputs!r}: {error}") from error
    except InputError as error:
        raise LoadError(f"--inputs: {error}") from error
    return dict(inputs)
