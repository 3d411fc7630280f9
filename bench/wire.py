"""Latencies of real calls, on the phone's wire: python -m bench.wire [--calls N] [--at-once N] [--out FILE].

A customer calls in over SIP, speaks over the greeting, types over a prompt, and answers a question once it has been
put; all voices are human recordings. Asterisk, Mercury and its embedded engines are the real ones (demo/world.py). What
the recogniser and the classifier took, and the silence that ends a turn, are taken off a turn's gap: they have figures
of their own here. Exits with 1 where a figure is over its budget.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ari_app.ops.settings import MediaSettings
from demo.script import SUPPORT
from demo.world import DemoError, World, open_world
from phones.errors import PhoneError
from phones.measure import answer_to_voice_ms, barge_in_stop_ms, key_gaps_ms, percentile, turn_gaps_ms
from phones.phone import Phone
from phones.recordings import recording
from phones.trace import CallTrace

OUT = Path("build/bench/wire.json")
END_SILENCE_MS = float(MediaSettings().end_silence_ms)
SAID = ("cancelled", "thank you")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is measured, and how long it may take at p95 (None: no promise)."""

    name: str
    budget_ms: float | None = None


ANSWER = Figure("answer → first voice", 100)
BRIDGED = Figure("StasisStart → bridged", 20)
STOP = Figure("barge-in → silence", 150)
GAP = Figure("turn gap, all in all")
OVERHEAD = Figure("turn gap, beyond silence and engines", 20)
RECOGNISED = Figure("recogniser, after the turn")
UNDERSTOOD = Figure("classifier")
KEY = Figure("# → voice of a prompt to be rendered")
FIGURES = (ANSWER, BRIDGED, STOP, GAP, OVERHEAD, RECOGNISED, UNDERSTOOD, KEY)


@dataclass(slots=True)
class Measured:
    """What was measured, by figure, in milliseconds."""

    values: dict[Figure, list[float]] = field(default_factory=lambda: {figure: [] for figure in FIGURES})
    failed: list[str] = field(default_factory=list)

    def add(self, trace: CallTrace, record: Mapping[str, Any]) -> None:
        """Read a call's figures off its wire and its history."""
        gaps = turn_gaps_ms(trace)
        heard = [_data(event) for event in record["events"] if event["kind"] == "caller_said"]
        if tuple(turn["text"] for turn in heard) != SAID or len(gaps) != len(SAID):
            self.failed.append(
                f"{record['id']}: heard {[turn['text'] for turn in heard]}, {len(gaps)} turns on the wire"
            )
            return
        understood = [float(_data(event)["took_ms"]) for event in record["events"] if event["kind"] == "understood"]
        self.values[ANSWER] += [ms for ms in [answer_to_voice_ms(trace)] if ms is not None]
        self.values[BRIDGED].append(_bridged_ms(record))
        self.values[STOP] += barge_in_stop_ms(trace)
        self.values[GAP] += gaps
        self.values[RECOGNISED] += [turn["recognised_ms"] for turn in heard]
        self.values[UNDERSTOOD] += understood
        self.values[KEY] += key_gaps_ms(replace(trace, keys=tuple(key for key in trace.keys if key.key == "#")))
        self.values[OVERHEAD] += [
            gap - END_SILENCE_MS - turn["recognised_ms"] - took
            for gap, turn, took in zip(gaps, heard, understood, strict=True)
        ]

    def summary(self) -> list[dict[str, Any]]:
        """A row a figure."""
        return [_row(figure, values) for figure, values in self.values.items() if values]


def _row(figure: Figure, values: Sequence[float]) -> dict[str, Any]:
    p95 = percentile(values, 95)
    return {
        "figure": figure.name,
        "count": len(values),
        "p50_ms": round(percentile(values, 50), 1),
        "p95_ms": round(p95, 1),
        "worst_ms": round(max(values), 1),
        "budget_ms": figure.budget_ms,
        "ok": figure.budget_ms is None or p95 <= figure.budget_ms,
    }


def _bridged_ms(record: Mapping[str, Any]) -> float:
    """From the call's StasisStart, where its history begins, to its leg and its media in one bridge."""
    return next(float(_data(event)["ms"]) for event in record["events"] if event["kind"] == "bridged")


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data: Mapping[str, Any] = event["data"]
    return data


async def measure(calls: int, at_once: int, run_dir: Path) -> Measured:
    """Make the calls, so many at once."""
    measured = Measured()
    slots = asyncio.Semaphore(at_once)
    async with open_world(run_dir, (), {}) as world:
        await asyncio.gather(*(_call(world, number, slots, measured) for number in range(calls)))
    return measured


async def _call(world: World, number: int, slots: asyncio.Semaphore, measured: Measured) -> None:
    async with slots:
        try:
            measured.add(*await _one(world, f"+9198123{number:05}"))
        except (DemoError, PhoneError) as error:
            measured.failed.append(str(error))
        print(".", end="", flush=True)


async def _one(world: World, caller: str) -> tuple[CallTrace, Mapping[str, Any]]:
    target = f"sip:{SUPPORT}@{world.running.sip_udp}"
    async with await Phone.call(world.line, target, caller=caller) as phone:
        await phone.answered()
        call_id = await world.inbound_from(caller)
        await _talk(phone, world)
        trace = phone.trace()
    return trace, await world.ended_call(call_id)


async def _talk(phone: Phone, world: World) -> None:
    await phone.agent_starts()
    await phone.pause(1.5)
    await phone.play(recording(world.sounds, "cancelled"))
    await phone.agent_starts()
    await phone.pause(0.5)
    await phone.press("4321#")
    await phone.agent_starts()
    await phone.pause(0.5)
    await phone.press("2")
    await phone.agent_pauses(silence_ms=900)
    await phone.play(recording(world.sounds, "auth-thankyou"))
    await phone.ended()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=8, help="how many calls (8)")
    parser.add_argument("--at-once", type=int, default=2, help="how many of them at a time (2)")
    parser.add_argument("--out", type=Path, default=OUT, help=f"where the figures go, as JSON ({OUT})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            measured = asyncio.run(measure(options.calls, options.at_once, Path(folder) / "run"))
        except DemoError as error:
            sys.exit(str(error))
    rows = measured.summary()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"calls": options.calls, "at_once": options.at_once, "failed": measured.failed, "figures": rows}
    options.out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _tell(rows, measured.failed)
    sys.exit(bool(measured.failed) or not all(row["ok"] for row in rows))


def _tell(rows: Sequence[Mapping[str, Any]], failed: Sequence[str]) -> None:
    print(f"\n{'milliseconds':<38}{'n':>5}{'p50':>9}{'p95':>9}{'worst':>9}{'budget':>9}")
    for row in rows:
        budget = "" if row["budget_ms"] is None else f"{row['budget_ms']:.0f}" + ("" if row["ok"] else " !")
        figures = "".join(f"{row[key]:>9.1f}" for key in ("p50_ms", "p95_ms", "worst_ms"))
        print(f"{row['figure']:<38}{row['count']:>5}{figures}{budget:>9}")
    for failure in failed:
        print(f"NOT as scripted: {failure}")


if __name__ == "__main__":
    main()
