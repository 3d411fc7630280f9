"""A day's call set-ups in fast succession, and a long call, on the real Asterisk: nothing may be left of them.

`SOAK_CALLS` (10,000 unless set) are made in rounds until `SOAK_S` seconds (330) are over, some
`SOAK_RATE` (12) of them a second; what was reached is written to build/soak.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from ari_app.ari.rest import MOST_CONNECTIONS
from ari_app.ops.asterisk import Installation
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import SUPPORT, history, new_number
from tests.asterisk.soak import CALLS_A_DAY, Soak

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
CALLS = int(os.environ.get("SOAK_CALLS", CALLS_A_DAY))
SECONDS = float(os.environ.get("SOAK_S", "330"))
RATE = float(os.environ.get("SOAK_RATE", "12"))
LONG_CALL_S = float(os.environ.get("SOAK_LONG_CALL_S", "600"))
_ROUNDS = 8
_BYTES_A_CALL = 1024
_SLACK_KB = 4096
_PRESS_EVERY_S = 7.0
"""A flow gives a caller up who asks for the same a hundred times."""
_REPORT = Path("build/soak.json")


@pytest.mark.timeout(int(SECONDS) + 600)
async def test_a_days_calls_leave_nothing(
    own_mercury: StartMercury, installation: Installation, tmp_path: Path
) -> None:
    changes = {"media": {"max_calls": 400, "lost_after_s": 4.0, "refuse_late_ms": 0}}
    mercury = await own_mercury(changes, program=("tests.asterisk.watched", str(tmp_path / "census.json")))
    soak = Soak(mercury, installation, tmp_path, RATE)
    started = time.monotonic()
    by_round = max(20, min(CALLS // _ROUNDS, round(SECONDS / _ROUNDS * RATE)))
    while soak.tally.calls < CALLS and (len(soak.rounds) < 4 or time.monotonic() - started < SECONDS):
        await soak.round(by_round)
        _report(soak, time.monotonic() - started)
    first, middle, last = soak.rounds[0], soak.rounds[len(soak.rounds) // 2 - 1], soak.rounds[-1]
    assert soak.tally.ended["failed"] + len(soak.troubles) <= soak.tally.calls * 0.01, soak.troubles[:3]
    assert [each.left_in_asterisk for each in soak.rounds] == [0] * len(soak.rounds)
    assert [each.udp_ports for each in soak.rounds] == [0] * len(soak.rounds)
    assert last.asterisk_ports <= first.asterisk_ports
    assert last.tasks == first.tasks, "no task outlives its call"
    assert last.threads == middle.threads
    assert last.descriptors <= first.descriptors + MOST_CONNECTIONS + 4
    half = soak.tally.calls * (len(soak.rounds) - len(soak.rounds) // 2) // len(soak.rounds)
    assert last.rss_kb - middle.rss_kb <= _SLACK_KB + half * _BYTES_A_CALL // 1024, last.grown(middle)
    assert mercury.errors() == []


@pytest.mark.timeout(int(LONG_CALL_S) + 120)
async def test_a_long_call_is_served_to_its_end(own_mercury: StartMercury) -> None:
    """The caller asks for everything again and again, by voice over the agent and by key."""
    mercury = await own_mercury({"calls": {"max_s": LONG_CALL_S + 300}, "media": {"record_calls": True}})
    async with await mercury.dial(caller := new_number(), to=SUPPORT) as phone:
        await phone.answered()
        until = time.monotonic() + LONG_CALL_S
        rounds = 0
        while time.monotonic() < until:
            await phone.agent_starts()
            await phone.pause(_PRESS_EVERY_S)
            await phone.press("*")
            rounds += 1
        await phone.press("1")
        await asyncio.sleep(1)
        await phone.press("5001#")
        await mercury.noted(await mercury.call_from(caller), "fetched")
        await phone.press("2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert record["outcome"] == "answered"
    assert "".join(line["digit"] for line in history(record, "key")) == "*" * rounds + "15001#2"
    assert mercury.errors() == []


def _report(soak: Soak, seconds: float) -> None:
    rounds = [{**asdict(each), "kinds": {}} for each in soak.rounds]
    _REPORT.parent.mkdir(exist_ok=True)
    _REPORT.write_text(
        json.dumps(
            {
                "calls": soak.tally.calls,
                "by_how": soak.tally.ended,
                "troubles": soak.troubles,
                "seconds": round(seconds, 1),
                "calls_a_second": round(soak.tally.calls / seconds, 1),
                "hours_worth": round(24 * soak.tally.calls / CALLS_A_DAY, 1),
                "grown": soak.rounds[-1].grown(soak.rounds[(len(soak.rounds) - 1) // 2]),
                "rounds": rounds,
            },
            indent=2,
        ),
        encoding="utf-8",
    )
