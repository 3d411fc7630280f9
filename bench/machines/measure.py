"""Figures of many scenes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.machines.runner import Outcome
from bench.machines.scenes import Kind
from bench.turns.measure import part, share

MOST_PEOPLE_LOST = 0.01
"""People taken for machines: held to."""
_NEAR_S = 0.25
"""A beep told so near its end was found."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one setting. Times in milliseconds."""

    people: int
    people_lost: float
    """Share of people who were taken for a machine, at any time."""
    people_lost_count: int
    machines: int
    missed: float
    """Share of machines never taken for one."""
    late: float
    """Share of machines that were first taken for a person, or doubted, and found out later."""
    person_p50_ms: float
    person_p95_ms: float
    """From the end of what a person says first to the verdict."""
    machine_p50_ms: float
    machine_p95_ms: float
    """From a machine's first sound to the verdict."""
    beeps: int
    beeps_found: float
    beep_error_p50_ms: float
    beep_error_p95_ms: float
    """How far from the beep's end it was said to be; of those found."""
    beep_told_p50_ms: float
    """After the beep's end."""
    too_soon: float
    """Share of greetings with a beep that were said to be over before it."""


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """All of one setting."""
    people = [one for one in outcomes if one.person]
    machines = [one for one in outcomes if not one.person]
    spoke = [one for one in people if one.kind is not Kind.MUTE and one.first and one.first_s >= one.greeted_at_s]
    answers = [(one.first_s - one.greeted_at_s) * 1000 for one in spoke]
    found = [(one.machine_s - one.speaks_at_s) * 1000 for one in machines if one.machine_s is not None]
    beeps = [one for one in machines if one.beep_end_s is not None and one.machine_s is not None]
    errors = [error for one in beeps if (error := beep_error_s(one)) is not None and error <= _NEAR_S]
    told = [
        (one.over_s - one.beep_end_s) * 1000
        for one in beeps
        if one.over_s is not None and one.beep_end_s is not None and one.over_s >= one.beep_end_s
    ]
    return Figures(
        people=len(people),
        people_lost=share(one.machine_s is not None for one in people),
        people_lost_count=sum(one.machine_s is not None for one in people),
        machines=len(machines),
        missed=share(one.machine_s is None for one in machines),
        late=share(one.machine_s is not None and one.first_s < one.machine_s for one in machines),
        person_p50_ms=part(answers, 0.5),
        person_p95_ms=part(answers, 0.95),
        machine_p50_ms=part(found, 0.5),
        machine_p95_ms=part(found, 0.95),
        beeps=len(beeps),
        beeps_found=len(errors) / len(beeps) if beeps else 0.0,
        beep_error_p50_ms=part([1000 * error for error in errors], 0.5),
        beep_error_p95_ms=part([1000 * error for error in errors], 0.95),
        beep_told_p50_ms=part(told, 0.5),
        too_soon=share(
            one.over_s is not None and one.beep_end_s is not None and one.over_s < one.beep_end_s - 0.05
            for one in beeps
        ),
    )


def beep_error_s(one: Outcome) -> float | None:
    """How far from its end the beep was said to be."""
    if one.beep_s is None or one.beep_end_s is None:
        return None
    return abs(one.beep_s - one.beep_end_s)


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """How often each kind of callee was taken for a machine, and how soon the first verdict came."""
    table = {}
    for kind in Kind:
        of = [one for one in outcomes if one.kind is kind]
        if of:
            firsts = [one.first_s * 1000 for one in of if one.first]
            table[kind.name.lower()] = {
                "scenes": len(of),
                "machine": share(one.machine_s is not None for one in of),
                "verdict_p50_ms": part(firsts, 0.5),
                "verdict_p95_ms": part(firsts, 0.95),
            }
    return table


def document(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """All of them, for a file."""
    lines = dict.fromkeys(one.line for one in outcomes)
    return {
        **asdict(figures(outcomes)),
        "by_kind": by_kind(outcomes),
        "by_line": {
            line: {"people_lost": of.people_lost, "missed": of.missed}
            for line, of in ((line, figures([one for one in outcomes if one.line == line])) for line in lines)
        },
    }
