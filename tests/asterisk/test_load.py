"""A load test of a few calls, in and out at once, on the shared Mercury."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ari_app.ops.asterisk import Installation
from load.figures import Report
from load.plan import Share
from load.remote import Remote
from load.steps import Runner, one_step
from load.system import System, split
from load.task import Asked, Task, make_task
from tests.asterisk.mercury import Mercury, until
from tests.ivr_flows.shop import book

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


def _system(mercury: Mercury, contacts: Mapping[str, str]) -> System:
    running = mercury.running
    sip = split(running.sip_udp, 5060)
    return System(sip, running.api_url, mercury.secrets.api_token, "127.0.0.1", contacts, mercury.pid, mercury.run_dir)


async def _load(mercury: Mercury, installation: Installation, task: Task, calls: int) -> Report:
    numbers = [mercury.next_number() for _ in range(calls)]
    system = _system(mercury, {number: f"127.0.0.1:{mercury.ports[number]}" for number in numbers})
    async with Remote(system.api_url, system.token) as remote:
        await remote.check()
        return await Runner(task, system, remote, installation).run(one_step(calls, 4.0, calls, task.takes_s, 60.0))


def _task(flow: str, mix: str) -> Task:
    return make_task(Asked(flow, mix=mix, language="en"), book(), datetime.now(UTC))


async def test_calls_in_and_out_end_as_was_pressed_and_one_that_does_not_is_told(
    mercury: Mercury, installation: Installation
) -> None:
    riders, customers = (
        _task("rider_assignment", "accepted=1,rejected=1,hung_up=1,busy=1"),
        _task("voicemail", "hung_up"),
    )
    left = riders.shares[1].way
    mistaken = replace(riders, shares=[*riders.shares, Share(replace(left, outcome="accepted", shown="mistaken"), 1)])
    called, calling = await asyncio.gather(
        _load(mercury, installation, mistaken, 5), _load(mercury, installation, customers, 2)
    )
    wrong = [call for call in (*called.calls, *calling.calls) if not call.ok]
    assert [(call.way, call.differs) for call in wrong] == [("mistaken", "outcome 'rejected', expected 'accepted'")]
    assert (called.exit_status, calling.exit_status) == (1, 0)
    assert called.document()["outcomes"] == {"rejected": 2, "accepted": 1, "hung_up": 1, "busy": 1}
    assert all(call.greeting_ms and call.jitter_p50_ms for call in calling.calls)
    assert sum(len(call.turn_gaps) for call in called.calls) == 3
    assert {"mercury", "asterisk", "phones"} <= {part for part, share in called.cpu_share.items() if share > 0}


async def test_a_run_that_is_broken_off_hangs_up(mercury: Mercury, installation: Installation) -> None:
    """The fixture sees to it that nothing is left of the calls."""
    running = asyncio.create_task(_load(mercury, installation, _task("voicemail", "hung_up"), 2))

    async def look() -> bool:
        return len((await mercury.api("GET", "/admin/calls/active"))["calls"]) == 2

    await until(look, "two calls that are up")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
