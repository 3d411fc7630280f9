"""Figures of many scenes under one setting. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from bench.turns.runner import Outcome
from bench.turns.scenes import INTERRUPTIONS, TURNS, Kind

MOST_CUT_INS, MOST_DELAY_MS = 0.05, 500.0
MOST_FALSE_BARGE_INS, MOST_STOP_MS = 0.03, 150.0


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """Of turns taken from an agent who is silent."""

    scenes: int
    cut_ins: float
    """Share of scenes in which the turn was ended before the caller had finished."""
    delay_p50_ms: float
    delay_p95_ms: float
    """Last voiced packet to the end of the turn, of turns that were not cut into."""
    told_p50_ms: float
    told_p95_ms: float
    """The same to the turn's text."""
    clipped: float
    """Share whose first syllable was lost."""
    lost: float
    """Share that was no turn at all."""

    @property
    def held(self) -> bool:
        return self.cut_ins <= MOST_CUT_INS and self.delay_p50_ms <= MOST_DELAY_MS


@dataclass(frozen=True, slots=True)
class BargeInFigures:
    """Of sounds over an agent who speaks."""

    interruptions: int
    others: int
    false: float
    """Share of sounds that are no interruption, and made the agent yield."""
    missed: float
    """Share of interruptions to which it did not."""
    stop_p50_ms: float
    stop_p95_ms: float
    """First packet of the interruption to the last of the agent's that could be heard."""
    pauses: float
    """How often the agent stood still for nothing, in a scene without an interruption."""
    pause_p50_ms: float
    clipped: float

    @property
    def held(self) -> bool:
        return self.false <= MOST_FALSE_BARGE_INS and self.stop_p95_ms <= MOST_STOP_MS


def turns_of(outcomes: Iterable[Outcome], *, hesitant: bool = False) -> TurnFigures:
    """Of all turns but the hesitant ones, or of those alone."""
    of = [one for one in outcomes if one.kind in TURNS and (one.kind is Kind.HESITANT) == hesitant]
    whole = [one for one in of if one.started and not one.cut_in]
    delays = [one.delay_s * 1000 for one in whole]
    told = [one.told_s * 1000 for one in whole]
    return TurnFigures(
        scenes=len(of),
        cut_ins=share(one.cut_in for one in of),
        delay_p50_ms=part(delays, 0.5),
        delay_p95_ms=part(delays, 0.95),
        told_p50_ms=part(told, 0.5),
        told_p95_ms=part(told, 0.95),
        clipped=share(one.clipped for one in of),
        lost=share(one.lost for one in of),
    )


def barge_ins_of(outcomes: Iterable[Outcome]) -> BargeInFigures:
    of = [one for one in outcomes if one.kind not in TURNS]
    real = [one for one in of if one.kind in INTERRUPTIONS]
    others = [one for one in of if one.kind not in INTERRUPTIONS]
    stops = [stop for one in real if (stop := stop_ms(one)) is not None]
    pauses = [pause for one in others for pause in one.pauses_ms]
    return BargeInFigures(
        interruptions=len(real),
        others=len(others),
        false=share(one.barged_in_s is not None for one in others),
        missed=share(one.barged_in_s is None for one in real),
        stop_p50_ms=part(stops, 0.5),
        stop_p95_ms=part(stops, 0.95),
        pauses=len(pauses) / max(1, len(others)),
        pause_p50_ms=median(pauses) if pauses else 0.0,
        clipped=share(one.clipped for one in real if one.barged_in_s is not None),
    )


def stop_ms(outcome: Outcome) -> float | None:
    """From the first packet of an interruption to the agent's last that was heard; None where it did not yield."""
    if outcome.barged_in_s is None or outcome.last_heard_s is None:
        return None
    return max(0.0, (outcome.last_heard_s - outcome.start_s) * 1000)


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """How often each kind of scene went wrong, and in what way."""
    table = {}
    for kind in Kind:
        of = [one for one in outcomes if one.kind is kind]
        if not of:
            continue
        row: dict[str, float] = {"scenes": len(of)}
        if kind in TURNS:
            row |= {"cut_ins": share(one.cut_in for one in of), "lost": share(one.lost for one in of)}
            row["delay_p50_ms"] = part([one.delay_s * 1000 for one in of if one.started and not one.cut_in], 0.5)
        else:
            row |= {"barged_in": share(one.barged_in_s is not None for one in of)}
            row |= {"pauses": sum(len(one.pauses_ms) for one in of) / len(of)}
        table[kind.name.lower()] = row
    return table


def by_line(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """The same by what lay between caller and Mercury."""
    return {
        line: {
            "cut_ins": turns_of(of).cut_ins,
            "delay_p50_ms": turns_of(of).delay_p50_ms,
            "delay_p95_ms": turns_of(of).delay_p95_ms,
            "false": barge_ins_of(of).false,
            "missed": barge_ins_of(of).missed,
        }
        for line in dict.fromkeys(one.line for one in outcomes)
        if (of := [one for one in outcomes if one.line == line])
    }


def figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """All of them, for a file."""
    return {
        "turns": asdict(turns_of(outcomes)),
        "hesitant": asdict(turns_of(outcomes, hesitant=True)),
        "barge_in": asdict(barge_ins_of(outcomes)),
        "by_kind": by_kind(outcomes),
        "by_line": by_line(outcomes),
    }


def share(of: Iterable[bool]) -> float:
    listed = list(of)
    return sum(listed) / len(listed) if listed else 0.0


def part(values: Sequence[float], share_below: float) -> float:
    """The value that this share of all are not above; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share_below * len(ordered)))] if ordered else 0.0
