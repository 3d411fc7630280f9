"""Twenty calls at once, ten in and ten out, each of them its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.asterisk.mercury import Mercury, history, new_number

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def _customer(mercury: Mercury) -> dict[str, Any]:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.press("1")
        await phone.pause(1.0)
        await phone.press("5001#")
        await mercury.noted(await mercury.call_from(caller), "fetched")
        await phone.press("2")
        await phone.ended(20)
    return await mercury.ended(await mercury.call_from(caller))


async def _vendor(mercury: Mercury, minutes: int) -> dict[str, Any]:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer(ring_s=0.3)
        await phone.agent_starts()
        await phone.press("1")
        await phone.pause(1.0)
        await phone.press(f"{minutes}#")
        await phone.ended(20)
    return await mercury.ended(call_id)


async def test_twenty_calls_at_once(mercury: Mercury) -> None:
    customers = [_customer(mercury) for _ in range(10)]
    vendors = [_vendor(mercury, minutes) for minutes in range(20, 30)]
    async with asyncio.timeout(60):
        records = await asyncio.gather(*customers, *vendors)
    assert [record["outcome"] for record in records] == ["answered"] * 10 + ["confirmed"] * 10
    assert [record["data"]["ready_in"] for record in records[10:]] == list(range(20, 30))
    keys = ["".join(line["digit"] for line in history(record, "key")) for record in records]
    assert keys == ["15001#2"] * 10 + [f"1{minutes}#" for minutes in range(20, 30)]
    assert all(len(mercury.backend.results(record["id"])) == 1 for record in records[10:])
    assert [record["reason"] for record in records] == ["completed"] * 20


async def _hangs_up(mercury: Mercury, after_ms: int) -> dict[str, Any]:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.pause(after_ms / 1000)
        await phone.hang_up()
    return await mercury.ended(await mercury.call_from(caller))


async def _is_hung_up_on(mercury: Mercury, after_ms: int) -> dict[str, Any]:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.pause(after_ms / 1000)
        await phone.hang_up()
    return await mercury.ended(call_id)


async def test_a_hang_up_may_come_at_any_moment(mercury: Mercury) -> None:
    """The setup takes some 20 ms: some hang up before it is done, some while it is, some after."""
    delays_ms = range(0, 60, 6)
    async with asyncio.timeout(60):
        records = await asyncio.gather(
            *(_hangs_up(mercury, delay_ms) for delay_ms in delays_ms),
            *(_is_hung_up_on(mercury, delay_ms) for delay_ms in delays_ms),
        )
    assert {record["outcome"] for record in records} <= {"abandoned", "hung_up"}
    assert {record["status"] for record in records} == {"completed"}
    assert {record["cause"] for record in records} == {16}
