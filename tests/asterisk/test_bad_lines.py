"""The shop's calls on bad lines: loss, jitter, packets out of order and doubled, on the real wire.

A relay makes the line bad (tests/standins/bad_path.py); test_netem.py runs the same calls over the kernel's netem.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.asterisk.bad_lines import BadLine, KernelLine, Outcome, asks_by_key, confirms, says
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, history
from tests.standins.bad_path import Condition

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

WORST = Condition("everything", loss=0.03, delay_ms=(20, 100), reordered=0.05, doubled=0.05)
EACH = [
    Condition("loss-1", loss=0.01),
    Condition("loss-3", loss=0.03),
    Condition("loss-3-in-bursts", loss=0.03, burst=3),
    Condition("jitter", delay_ms=(20, 100)),
    Condition("overtaking", delay_ms=(20, 100), overtaking=True),
    Condition("reordered-and-doubled", delay_ms=(40, 60), reordered=0.05, doubled=0.05),
]
NETEM, PHONES = "BAD_LINE", "127.0.0.9"
"""The variable that names the condition of the kernel's bad line, and the address on it."""
_HEARD_SLACK = 0.03


async def test_calls_on_the_worst_line_end_as_they_were_answered(mercury: Mercury) -> None:
    await _calls_are_served(mercury, WORST, customers=3, vendors=3, speakers=2, patient=False)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("condition", [*EACH, WORST], ids=lambda condition: str(condition.name))
async def test_calls_on_a_bad_line_end_as_they_were_answered(mercury: Mercury, condition: Condition) -> None:
    for seed in range(1, 4):
        await _calls_are_served(mercury, condition, customers=5, vendors=5, speakers=2, patient=True, seed=1000 * seed)


@pytest.mark.skipif(NETEM not in os.environ, reason="run by test_netem.py, in a network namespace")
async def test_calls_on_a_line_that_the_kernel_makes_bad(own_mercury: StartMercury) -> None:
    condition = next(each for each in [*EACH, WORST] if each.name == os.environ[NETEM])
    mercury = await own_mercury({"test_trunk": {"allow": [f"{PHONES}/32"]}})
    async with asyncio.timeout(90):
        asked, spoken = await asyncio.gather(
            asyncio.gather(*(asks_by_key(KernelLine(mercury, condition, PHONES), patient=True) for _ in range(5))),
            asyncio.gather(*(says(KernelLine(mercury, condition, PHONES)) for _ in range(2))),
        )
    assert [call.keys for call in asked] == ["15001#2"] * 5
    assert [call.record["outcome"] for call in asked] == ["answered"] * 5
    assert all(history(call.record, "barged_in") for call in spoken)
    for call in (*asked, *spoken):
        assert call.heard_share >= call.let_through - 0.05
    assert mercury.errors() == []


async def _calls_are_served(
    mercury: Mercury, condition: Condition, *, customers: int, vendors: int, speakers: int, patient: bool, seed: int = 0
) -> None:
    def line(number: int) -> BadLine:
        return BadLine(mercury, condition, seed + number)

    async with asyncio.timeout(90):
        asked, confirmed, spoken = await asyncio.gather(
            asyncio.gather(*(asks_by_key(line(number), patient=patient) for number in range(customers))),
            asyncio.gather(*(confirms(line(100 + number)) for number in range(vendors))),
            asyncio.gather(*(says(line(200 + number)) for number in range(speakers))),
        )
    assert [call.keys for call in asked] == ["15001#2"] * customers
    assert [call.record["outcome"] for call in asked] == ["answered"] * customers
    assert [call.record["data"]["order_number"] for call in asked] == ["5001"] * customers
    assert [call.keys for call in confirmed] == ["125#"] * vendors
    assert [call.record["outcome"] for call in confirmed] == ["confirmed"] * vendors
    assert [call.record["data"]["ready_in"] for call in confirmed] == [25] * vendors
    assert {call.end.by for call in (*asked, *confirmed)} == {"far"}, "Mercury hangs up when all is said"
    for call in spoken:
        assert history(call.record, "barged_in"), "the agent lets a caller speak on a bad line, too"
        assert call.record["outcome"] in ("hung_up", "abandoned")
    for call in (*asked, *confirmed, *spoken):
        _is_plausible(call, condition)


def _is_plausible(call: Outcome, condition: Condition) -> None:
    media = call.media
    unsent = media["unsent"] / (media["unsent"] + media["sent"])
    assert call.heard_share >= call.let_through - unsent - _HEARD_SLACK
    assert 1.0 <= media["mos"] <= 4.5
    assert media["malformed"] == media["wrong_source"] == media["wrong_ssrc"] == 0
    assert media["received"] > 50
    assert media["delay_ms"] <= 200
    if condition.delay_ms == (20, 100):
        assert 5 < media["jitter_ms"] < 100
    if condition.doubled:
        assert media["duplicates"] > 0
