"""The steps of a run: so many calls, at such a pace, one step after the other, each with its report."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from math import ceil

from load.driving import Drive, Pace
from load.errors import LoadError
from load.figures import BUDGET, Budget, Report
from load.plan import Entry
from load.processes import Parts
from load.remote import Remote
from load.results import Results
from load.sampling import sampled
from load.system import System
from load.task import Task
from phones.programs import Programs

_SPARE_S = 150.0
_RAMP_S = 10.0
"""A step of a ladder reaches its number of calls in so many seconds."""
_STEADY = 2
"""Times that number of calls are made in it, at the least."""
_LAST_RESULTS_S = 8.0


@dataclass(frozen=True, slots=True)
class Step:
    """So many calls at a pace; the whole may take `limit_s`."""

    calls: int
    pace: Pace
    limit_s: float

    @property
    def name(self) -> str:
        """For the names of files."""
        return str(self.pace.at_once)


def one_step(calls: int, rate: float, at_once: int, takes_s: float, limit_s: float | None) -> Step:
    """A step as it is asked for."""
    at_once = min(at_once, calls)
    return Step(calls, Pace(rate, at_once), limit_s or _limit_s(calls, rate, at_once, takes_s))


def ladder_step(calls: int, at_once: int, takes_s: float, limit_s: float | None) -> Step:
    """A step of a ladder: so many calls at once, and as each ends another, until enough have been made."""
    return one_step(max(calls, _STEADY * at_once), max(at_once / _RAMP_S, 0.5), at_once, takes_s, limit_s)


def _limit_s(calls: int, rate: float, at_once: int, takes_s: float) -> float:
    """Agents take twice the time that the flow gives them, at the most."""
    return _SPARE_S + calls / rate + 2 * takes_s * ceil(calls / at_once)


class Runner:
    """Makes a task's calls at a system, step by step."""

    def __init__(self, task: Task, system: System, remote: Remote, programs: Programs) -> None:
        self._task = task
        self._system = system
        self._remote = remote
        self._programs = programs

    async def run(self, step: Step, budget: Budget = BUDGET, *, orders: str = "") -> Report:
        """Make the calls. `orders` begins the numbers of their orders; the time unless given.

        Raises `LoadError` when they don't end in the step's time.
        """
        plan = self._task.plan(
            step.calls, list(self._system.contacts or {}), orders or f"{time.time_ns() // 1_000_000}"
        )
        parts = Parts(self._system.pid, self._system.run_dir)
        async with AsyncExitStack() as stack:
            results = await self._results(stack)
            drive = Drive(self._system, self._remote, self._programs, results)
            samples = await stack.enter_async_context(sampled(parts, lambda: len(drive.up)))
            try:
                async with asyncio.timeout(step.limit_s):
                    await self._drive(drive, step, plan)
                    await _settle(drive, results)
            except TimeoutError:
                raise LoadError(f"the calls did not end within {step.limit_s:.0f} s") from None
        return Report(drive.called, samples, os.cpu_count() or 1, budget)

    async def _drive(self, drive: Drive, step: Step, plan: list[Entry]) -> None:
        if self._task.direction == "in":
            await drive.inbound(plan, self._task.dialled, step.pace)
        else:
            await drive.outbound(plan, self._task.flow.name, self._task.language, step.pace)

    async def _results(self, stack: AsyncExitStack) -> Results | None:
        """Where results are sent: not from another machine, which may not reach this one."""
        if self._task.direction == "in" or not self._system.here:
            return None
        return await stack.enter_async_context(Results(self._system.local_host))


async def _settle(drive: Drive, results: Results | None) -> None:
    """Wait for the last results, and count each call's."""
    if results is None or drive.refused_address:
        return
    await results.wait({call.call_id for call in drive.called if call.call_id}, _LAST_RESULTS_S)
    for call in drive.called:
        if call.call_id:
            call.results = results.count[call.call_id]
