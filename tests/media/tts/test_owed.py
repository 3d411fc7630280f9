from __future__ import annotations

import asyncio

import pytest

from media.errors import EngineBusyError
from media.tts.owed import Owed
from media.tts.paced import Pace
from tests.virtual_time import virtual_time


def owed() -> Owed:
    return Owed("x", Pace(first_audio_s=2.0, gap_s=1.0, longest_s=60.0))


async def after(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "audio"


@virtual_time
async def test_nothing_is_owed_before_anything_was_sent_or_after_it_came() -> None:
    debt = owed()
    assert await debt.within(after(1000)) == "audio"
    debt.sent()
    debt.paid()
    assert await debt.within(after(1000)) == "audio"


@virtual_time
async def test_what_is_sent_while_nothing_was_owed_begins_the_deadline() -> None:
    debt = owed()
    loop = asyncio.get_running_loop()
    loop.call_later(100, debt.sent)
    loop.call_later(101, debt.sent)
    began = loop.time()
    with pytest.raises(EngineBusyError, match="x: expected audio within 2 s"):
        await debt.within(after(1000))
    assert loop.time() - began == pytest.approx(102)


@virtual_time
async def test_after_the_end_of_the_text_each_gap_counts() -> None:
    debt = owed()
    debt.sent()
    debt.ended()
    assert await debt.within(after(1.9)) == "audio"
    debt.paid()
    assert await debt.within(after(0.9)) == "audio"
    with pytest.raises(EngineBusyError, match="x: expected audio within 1 s"):
        await debt.within(after(1.1))


@virtual_time
async def test_the_end_of_the_text_is_awaited_too() -> None:
    debt = owed()
    asyncio.get_running_loop().call_later(5, debt.ended)
    with pytest.raises(EngineBusyError, match="within 2 s"):
        await debt.within(after(1000))
