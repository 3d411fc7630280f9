"""What is to be done: so many calls, each with a path of the flow to walk. Pure; the same seed gives the same calls."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Literal

from ivr_flows.model import Flow
from ivr_flows.model.values import Type
from load.errors import LoadError
from load.paths import BUSY, UNANSWERED, Way

Direction = Literal["in", "out"]
_PHONE_WAYS = {"busy": BUSY, "unanswered": UNANSWERED}


@dataclass(frozen=True, slots=True)
class Share:
    """So much of the calls, of all shares together, walk this way."""

    way: Way
    weight: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One call: its number in the plan, whose number calls or is called, and the way it takes."""

    index: int
    number: str
    way: Way
    inputs: Mapping[str, object]
    """Of an outbound call."""


def read_mix(text: str, ways: Sequence[Way], direction: Direction) -> list[Share]:
    """`confirmed=6,rejected=2,busy=1`: an outcome stands for the quickest way to it, a number for the path of it.

    `busy` and `unanswered` are what a called phone does. Raises `LoadError`.
    """
    shares = []
    for part in text.split(","):
        name, _, weight = part.strip().partition("=")
        try:
            share = Share(_named(name.strip(), ways, direction), float(weight or 1))
        except ValueError:
            raise LoadError(f"expected NAME=SHARE with a number as the share in the mix, got {part!r}") from None
        if share.weight < 0:
            raise LoadError(f"expected a share of 0 or more in the mix, got {part!r}")
        shares.append(share)
    if not sum(share.weight for share in shares):
        raise LoadError(f"expected a share above 0 in the mix, got {text!r}")
    return shares


def _named(name: str, ways: Sequence[Way], direction: Direction) -> Way:
    if direction == "out" and name in _PHONE_WAYS:
        return replace(_PHONE_WAYS[name], inputs=ways[0].inputs)
    if name.isdigit():
        found = [way for way in ways if way.number == int(name)]
    else:
        found = sorted(
            (way for way in ways if way.outcome == name), key=lambda way: (way.patient, len(way.moves), way.takes_ms)
        )
    if not found:
        known = sorted({way.outcome for way in ways} | (set(_PHONE_WAYS) if direction == "out" else set()))
        numbers = ", ".join(str(way.number) for way in ways)
        raise LoadError(
            f"the mix asks for {name!r}; expected an outcome that keys, silence or hanging up lead to ("
            f"{', '.join(known)}), or the number of such a path ({numbers})"
        )
    return found[0]


def allot(shares: Sequence[Share], calls: int) -> list[Way]:
    """As many ways as there are calls, in the given shares as exactly as whole calls allow (largest remainders)."""
    total = sum(share.weight for share in shares)
    exact = [share.weight / total * calls for share in shares]
    counts = [int(number) for number in exact]
    by_remainder = sorted(range(len(shares)), key=lambda index: (counts[index] - exact[index], index))
    for index in by_remainder[: calls - sum(counts)]:
        counts[index] += 1
    return [share.way for share, count in zip(shares, counts, strict=True) for _ in range(count)]


def make_plan(
    shares: Sequence[Share],
    calls: int,
    numbers: Sequence[str],
    *,
    seed: int,
    order_inputs: Sequence[str] = (),
    run: str,
) -> list[Entry]:
    """The calls in their order. `numbers` take turns; `order_inputs` get an order number of its own in each call.

    `run` sets the orders of this run apart from those of others at the same system.
    """
    chosen = allot(shares, calls)
    random.Random(seed).shuffle(chosen)  # noqa: S311 - it is meant to be repeatable
    taken = zip(range(calls), islice(cycle(numbers), calls), chosen, strict=True)
    return [
        Entry(index, number, way, {**way.inputs, **dict.fromkeys(order_inputs, f"L{run}-{index}")})
        for index, number, way in taken
    ]


def order_inputs(flow: Flow) -> list[str]:
    """The inputs that tell one order from another."""
    return [name for name, value in flow.inputs.items() if value.type is Type.ORDER_NUMBER]
