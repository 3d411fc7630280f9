"""Latencies of real calls, on the phone's wire, over either transport, for as many calls at once as the machine holds.

    python -m bench.wire [--transport rtp|websocket] [--format F] [--engines embedded|timed]
                         [--calls N] [--at-once N | --ladder 1,10,20,…] [--out FILE]

Embedded engines: a customer calls in over SIP, speaks over the greeting, types over a prompt, and answers a question
once it has been put. Timed engines (bench/timed_engines.py): the caller speaks over the greeting and answers a
question; recogniser and voice take 100 ms each, so that what a turn takes beside them is exact. All callers' voices are
human recordings; Asterisk and Mercury are the real ones (demo/world.py), and the phones share the machine with them.

What the engines took, and the silence that ended a turn, are taken off a turn's gap: they have figures of their own.
A ladder climbs until a budget breaks that held on its first step, and says which. Exits with 1 where a figure is over
its budget.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import cpu_seconds
from bench.timed_engines import VOICE_MS, write_plugin
from bench.wire_figures import Measured
from demo.script import SUPPORT
from demo.world import DemoError, World, open_world
from phones.errors import PhoneError
from phones.phone import Phone
from phones.recordings import recording
from phones.trace import CallTrace

OUT = Path("build/bench")
SPREAD_S = 0.15
"""Between the starts of calls that are up at once: nobody is called by all at the same instant."""
_FLOW = f"""
routes: [{{number: "{SUPPORT}", flow: bench}}]
flows:
  bench:
    languages: [en]
    outcomes: [done, left]
    on_hang_up: left
    gives_up: bye
    start: hello
    steps:
      hello: {{ask: {{en: "Welcome. How can we help?"}}, options: {{go: {{hear: {{en: [cancelled]}}, next: more}}}}}}
      more:
        ask: {{en: "You call from {{{{ caller }}}}."}}
        options: {{go: {{hear: {{en: [thank you]}}, next: bye}}}}
      bye: {{say: {{en: "Goodbye, {{{{ caller }}}}."}}, hang_up: done}}
"""


@dataclass(frozen=True, slots=True)
class Way:
    """How the calls' media go, and which engines hear and speak."""

    transport: str
    format: str
    engines: str

    @property
    def timed(self) -> bool:
        """Whether the engines take a known time."""
        return self.engines == "timed"

    @contextmanager
    def set(self, folder: Path, at_once: int) -> Iterator[None]:
        """Mercury's settings and engines for these calls, through its environment."""
        values = {
            "MERCURY_MEDIA__TRANSPORT": self.transport,
            "MERCURY_MEDIA__FORMAT": self.format,
            "MERCURY_MEDIA__RECORD_CALLS": "false",
            "MERCURY_MEDIA__MAX_CALLS": str(at_once + 5),
        }
        if self.timed:
            flows = folder / "bench.yaml"
            flows.write_text(_FLOW, encoding="utf-8")
            path = os.pathsep.join([str(write_plugin(folder / "plugin")), str(Path.cwd())])
            values |= {"MERCURY_FLOWS": str(flows), "PYTHONPATH": path}
            values |= {"MERCURY_ENGINES__RECOGNISERS": '["timed"]', "MERCURY_ENGINES__SYNTHESISERS": '["timed"]'}
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@dataclass(frozen=True, slots=True)
class Step:
    """So many calls, so many of them at once, and what came of it."""

    calls: int
    at_once: int
    measured: Measured
    cpu_share: Mapping[str, float]
    """Of one core, by process, while they went on."""

    @property
    def broken(self) -> list[str]:
        """Figures over their budgets; calls that failed are one too."""
        over = [row["figure"] for row in self.measured.summary() if not row["ok"]]
        return [*over, *(["calls that went wrong"] if self.measured.failed else [])]

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "calls": self.calls,
            "at_once": self.at_once,
            "failed": self.measured.failed,
            "figures": self.measured.summary(),
            "cpu_share": self.cpu_share,
        }


async def climb(way: Way, calls: int, ladder: Sequence[int], folder: Path) -> list[Step]:
    """Make the calls, on each step so many at once, until a budget breaks that held on the first."""
    steps: list[Step] = []
    with way.set(folder, max(ladder)):
        async with open_world(folder / "run", (), {}) as world:
            for at_once in ladder:
                steps.append(await _step(world, way, max(calls, at_once), at_once))
                if len(steps) > 1 and set(steps[-1].broken) - set(steps[0].broken):
                    break
    return steps


async def _step(world: World, way: Way, calls: int, at_once: int) -> Step:
    measured = Measured(VOICE_MS if way.timed else 0.0)
    slots = asyncio.Semaphore(at_once)
    before, began = cpu_seconds(), time.monotonic()
    await asyncio.gather(*(_call(world, way, number, slots, measured, at_once=at_once) for number in range(calls)))
    took_s = time.monotonic() - began
    spent = cpu_seconds()
    shares = {name: round((spent[name] - before.get(name, 0.0)) / took_s, 3) for name in sorted(spent)}
    return Step(calls, at_once, measured, shares)


async def _call(
    world: World, way: Way, number: int, slots: asyncio.Semaphore, measured: Measured, *, at_once: int
) -> None:
    async with slots:
        if number < at_once:
            await asyncio.sleep(SPREAD_S * number)
        try:
            measured.add(*await _one(world, way, f"+9198123{number:05}"))
        except (DemoError, PhoneError, TimeoutError) as error:
            measured.failed.append(str(error) or type(error).__name__)
        print(".", end="", flush=True)


async def _one(world: World, way: Way, caller: str) -> tuple[CallTrace, Mapping[str, Any]]:
    target = f"sip:{SUPPORT}@{world.running.sip_udp}"
    async with await Phone.call(world.line, target, caller=caller) as phone:
        await phone.answered()
        call_id = await world.inbound_from(caller)
        await (_answer(phone, world) if way.timed else _talk(phone, world))
        trace = phone.trace()
    return trace, await world.ended_call(call_id)


async def _answer(phone: Phone, world: World) -> None:
    await phone.agent_starts()
    await phone.pause(1.0)
    await phone.play(recording(world.sounds, "cancelled"))
    await phone.agent_starts()
    await phone.agent_pauses(silence_ms=900)
    await phone.play(recording(world.sounds, "auth-thankyou"))
    await phone.ended()


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
    options = _options()
    way = Way(options.transport, options.format, options.engines)
    ladder = options.ladder or (options.at_once,)
    with tempfile.TemporaryDirectory() as folder:
        try:
            steps = asyncio.run(climb(way, options.calls, ladder, Path(folder)))
        except DemoError as error:
            sys.exit(str(error))
    broke = sorted(set(steps[-1].broken) - set(steps[0].broken))
    held = [step.at_once for step in steps if not set(step.broken) - set(steps[0].broken)]
    document = {
        "transport": way.transport,
        "format": way.format,
        "engines": way.engines,
        "largest": max(held),
        "broke_first": broke,
        "steps": [step.document() for step in steps],
    }
    out = options.out or OUT / f"wire-{way.transport}-{way.format}-{way.engines}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for step in steps:
        _tell(step)
    print(f"\n{way.transport} {way.format}, {way.engines} engines: up to {max(held)} calls at once", end="")
    print(f"; {', '.join(broke)} broke first" if broke else "")
    sys.exit(any(step.broken for step in steps))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transport", choices=("rtp", "websocket"), default="rtp", help="how media go (rtp)")
    parser.add_argument("--format", default="alaw", help="Asterisk's format of them (alaw)")
    parser.add_argument("--engines", choices=("embedded", "timed"), default="embedded", help="(embedded)")
    parser.add_argument("--calls", type=int, default=8, help="how many calls, on each step at least (8)")
    parser.add_argument("--at-once", type=int, default=2, help="how many of them at a time (2)")
    parser.add_argument("--ladder", type=_numbers, help="several numbers of calls at a time, one after the other")
    parser.add_argument("--out", type=Path, help=f"where the figures go, as JSON ({OUT}/wire-TRANSPORT-….json)")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _tell(step: Step) -> None:
    print(f"\n\n{step.calls} calls, {step.at_once} at once; of one core: ", end="")
    print(", ".join(f"{name} {share:.0%}" for name, share in step.cpu_share.items()))
    print(f"{'milliseconds':<46}{'n':>5}{'p50':>9}{'p95':>9}{'worst':>9}{'budget':>9}")
    for row in step.measured.summary():
        budget = "" if row["budget_ms"] is None else f"{row['budget_ms']:.0f}" + ("" if row["ok"] else " !")
        figures = "".join(f"{row[key]:>9.1f}" for key in ("p50_ms", "p95_ms", "worst_ms"))
        print(f"{row['figure']:<46}{row['count']:>5}{figures}{budget:>9}")
    for failure in step.measured.failed:
        print(f"NOT as scripted: {failure}")


if __name__ == "__main__":
    main()
