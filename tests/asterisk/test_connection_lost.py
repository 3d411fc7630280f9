"""Bad days of the connection to Asterisk: ARI cut, taken over, Asterisk killed; no call is lost or left behind."""

from __future__ import annotations

import os
import signal
from functools import partial

import aiohttp
import pytest

from ari_app.ops.asterisk.process import running_pid
from phones.phone import Phone
from tests.asterisk.conftest import Apart, StartMercury
from tests.asterisk.mercury import Mercury, history, new_number, until

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_CUT_S = 5.0


async def test_a_call_outlives_a_cut_of_ari(apart: Apart) -> None:
    mercury = apart.mercury
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        apart.proxy.cut()
        await phone.pause(_CUT_S)
        assert phone.agent_speaking, "the agent went silent when ARI was cut"
        await apart.proxy.mend()
        await apart.connected()
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["outcome"], record["reason"]) == ("answered", "completed")
    assert "".join(line["digit"] for line in history(record, "key")) == "15001#2"


async def test_a_hang_up_during_the_cut_is_found_out(apart: Apart) -> None:
    mercury = apart.mercury
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        apart.proxy.cut()
        await phone.hang_up()
        await apart.proxy.mend()
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["status"], record["outcome"]) == ("completed", "hung_up")


async def test_a_call_that_ends_during_the_cut_is_hung_up_after_it(apart: Apart) -> None:
    mercury = apart.mercury
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.press("15001#2")
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started", utterance="goodbye.say.7")
        apart.proxy.cut()
        await mercury.noted(call_id, "state", state="ending")
        await apart.proxy.mend()
        assert (await phone.ended()).by == "far"
    assert (await mercury.ended(call_id))["outcome"] == "answered"


async def test_the_end_of_the_ringing_during_the_cut_is_found_out(apart: Apart) -> None:
    mercury = apart.mercury
    number, phone = await mercury.callee()
    async with phone:
        call_id = await _rings_and_is_cut(apart, phone, number)
        await phone.refuse(486)
        await phone.ended()
        await apart.proxy.mend()
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"]) == ("failed", "failed")
    assert "out of reach" in record["reason"]
    assert len(mercury.backend.results(call_id)) == 1


async def test_a_callee_who_answers_during_the_cut_is_talked_to_after_it(apart: Apart) -> None:
    """Their channel was in the application before it was dialled: Asterisk keeps it there."""
    mercury = apart.mercury
    number, phone = await mercury.callee()
    async with phone:
        call_id = await _rings_and_is_cut(apart, phone, number)
        await phone.pick_up()
        await phone.answered()
        await apart.proxy.mend()
        await phone.agent_starts()
        await phone.hang_up()
    assert (await mercury.ended(call_id))["outcome"] == "hung_up"


async def _rings_and_is_cut(apart: Apart, phone: Phone, number: str) -> str:
    call_id = await apart.mercury.initiate(number)
    await phone.invited()
    await apart.mercury.noted(call_id, "state", state="dialing")
    await apart.cut()
    return call_id


async def test_a_callee_who_answers_before_the_cut_is_noticed_is_talked_to(apart: Apart) -> None:
    """Asterisk tells a connection that is dead already of the answer."""
    mercury = apart.mercury
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.invited()
        await mercury.noted(call_id, "state", state="dialing")
        apart.proxy.stall()
        await phone.pick_up()
        await phone.answered()
        apart.proxy.cut()
        await apart.proxy.mend()
        await phone.agent_starts()
        await phone.hang_up()
    assert (await mercury.ended(call_id))["outcome"] == "hung_up"


async def test_a_call_that_is_due_during_the_cut_waits_for_its_end(apart: Apart) -> None:
    mercury = apart.mercury
    number, phone = await mercury.callee()
    async with phone:
        apart.proxy.cut()
        await until(partial(_is_away, mercury), "a connection that is lost")
        call_id = await mercury.initiate(number)
        await phone.pause(0.5)
        assert (await mercury.record(call_id))["status"] == "queued"
        await apart.proxy.mend()
        await phone.refuse(486)
    assert (await mercury.ended(call_id))["outcome"] == "busy"


async def _is_away(mercury: Mercury) -> bool:
    return not (await mercury.health())["checks"]["ari"]["ok"]


async def test_calls_of_an_asterisk_that_others_restart_are_ended(apart: Apart) -> None:
    mercury = apart.mercury
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        assert apart.asterisk.process.pid
        os.kill(apart.asterisk.process.pid, signal.SIGKILL)
        await apart.asterisk.process.wait()
        await apart.asterisk.process.start()
        record = await mercury.ended(await mercury.call_from(caller))
        assert (record["status"], record["outcome"]) == ("completed", "hung_up")
        phone.send_rtp(on=False)
    await apart.connected()
    await _takes_a_call(mercury)


async def test_asterisk_is_waited_for_at_the_start(apart: Apart) -> None:
    mercury = apart.mercury
    assert await mercury.stop() == 0
    apart.proxy.cut()
    before = mercury.log().count("Asterisk is away")
    await mercury.spawn()

    async def look() -> bool:
        return mercury.log().count("Asterisk is away") > before

    await until(look, "a word of the Asterisk that is away", 20)
    await apart.proxy.mend()
    await mercury.up()
    await _takes_a_call(mercury)


async def test_another_that_takes_over_the_application_ends_mercury(apart: Apart) -> None:
    """Two would tear the calls apart. What Mercury had is ended, and is on record when it is started again."""
    mercury = apart.mercury
    user, password = mercury.settings.asterisk.ari_user, mercury.secrets.ari_password
    headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}
    url = mercury.ari_url + "/events"
    async with await mercury.dial(caller := new_number()) as phone, aiohttp.ClientSession(headers=headers) as other:
        await phone.answered()
        await phone.agent_starts()
        call_id = await mercury.call_from(caller)
        async with other.ws_connect(url, params={"app": mercury.settings.asterisk.application}):
            assert (await phone.ended()).by == "far"
            assert await mercury.exited() == 1
            assert await mercury.left_in_asterisk() == []
    assert "took over the Stasis application" in mercury.log()
    await mercury.spawn()
    await mercury.up()
    assert (await mercury.ended(call_id))["outcome"] == "hung_up"


async def test_a_killed_asterisk_ends_its_calls_and_is_started_again(own_mercury: StartMercury) -> None:
    mercury = await own_mercury()
    number, vendor = await mercury.callee()
    async with vendor, await mercury.dial(caller := new_number()) as customer:
        placed = await mercury.initiate(number)
        await vendor.answer()
        await vendor.agent_starts()
        await customer.agent_starts()
        pid = running_pid(mercury.run_dir / "asterisk")
        assert pid
        os.kill(pid, signal.SIGKILL)
        for call_id in (placed, await mercury.call_from(caller)):
            record = await mercury.ended(call_id)
            assert (record["status"], record["outcome"], record["cause"]) == ("completed", "hung_up", 27)
        assert len(mercury.backend.results(placed)) == 1

        async def look() -> bool:
            return bool((await mercury.health())["ok"])

        await until(look, "an Asterisk that runs again", 20)
        vendor.send_rtp(on=False)
        customer.send_rtp(on=False)
        await _takes_a_call(mercury)
    await mercury.is_idle()


async def _takes_a_call(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    assert (await mercury.ended(await mercury.call_from(caller)))["outcome"] == "answered"
