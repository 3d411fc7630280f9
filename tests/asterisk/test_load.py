"""A load test of a few calls, in and out at once, on the shared Mercury."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from ari_app.ops.asterisk import Installation
from load.figures import Report
from load.remote import Remote
from load.steps import Runner, one_step
from load.system import System, split
from load.task import Asked, make_task
from tests.asterisk.mercury import Mercury
from tests.ivr_flows.shop import book

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


def _system(mercury: Mercury, contacts: Mapping[str, str]) -> System:
    running = mercury.running
    sip = split(running.sip_udp, 5060)
    return System(sip, running.api_url, mercury.secrets.api_token, "127.0.0.1", contacts, mercury.pid, mercury.run_dir)


async def _load(mercury: Mercury, installation: Installation, asked: Asked, calls: int) -> Report:
    numbers = [mercury.next_number() for _ in range(calls)]
    system = _system(mercury, {number: f"127.0.0.1:{mercury.ports[number]}" for number in numbers})
    task = make_task(asked, book(), datetime.now(UTC))
    async with Remote(system.api_url, system.token) as remote:
        await remote.check()
        return await Runner(task, system, remote, installation).run(one_step(calls, 4.0, calls, task.takes_s, 60.0))


async def test_calls_in_and_out_end_as_was_pressed(mercury: Mercury, installation: Installation) -> None:
    riders = Asked("rider_assignment", mix="accepted=2,rejected=1,hung_up=1,busy=1", language="en")
    customers = Asked("customer_support", mix="hung_up=1", language="en")
    called, calling = await asyncio.gather(
        _load(mercury, installation, riders, 5), _load(mercury, installation, customers, 3)
    )
    assert [call.failed or call.differs for call in (*called.calls, *calling.calls) if not call.ok] == []
    assert called.document()["outcomes"] == {"accepted": 2, "rejected": 1, "hung_up": 1, "busy": 1}
    assert all(call.greeting_ms and call.jitter_p50_ms for call in calling.calls)
    assert sum(len(call.turn_gaps) for call in called.calls) == 3
    assert {"mercury", "asterisk", "phones"} <= {part for part, share in called.cpu_share.items() if share > 0}


async def test_an_outcome_that_differs_is_told(mercury: Mercury, installation: Installation) -> None:
    """The same order twice: the second vendor's call has been decided already."""
    task = make_task(Asked("rider_assignment", mix="accepted=1", language="en"), book(), datetime.now(UTC))
    number = mercury.next_number()
    system = _system(mercury, {number: f"127.0.0.1:{mercury.ports[number]}"})
    async with Remote(system.api_url, system.token) as remote:
        runner = Runner(task, system, remote, installation)
        reports = [await runner.run(one_step(1, 4.0, 1, task.takes_s, 60.0), orders="same") for _ in range(2)]
    assert [report.exit_status for report in reports] == [0, 1]
    assert "already_taken" in reports[1].calls[0].differs
