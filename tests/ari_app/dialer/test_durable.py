from __future__ import annotations

import asyncio

import pytest

from ari_app.dialer.durable import Lines, _sleep


@pytest.mark.parametrize(("calls_per_second", "ahead"), [(3.3, 4), (1.0, 2), (0.5, 2), (10.0, 10)])
def test_no_more_than_a_second_s_calls_leave_the_queue_ahead(calls_per_second: float, ahead: int) -> None:
    assert Lines(("exotel",), calls_per_second, poll_s=0.5).ahead == ahead


def test_a_trunk_has_a_queue_and_one_that_is_gone_is_served_with_the_first() -> None:
    lines = Lines(("exotel", "test-trunk"), 3.3, poll_s=0.5)
    assert [lines.queue(name) for name in ("test-trunk", "exotel", "gone")] == [
        "calls.test-trunk",
        "calls.exotel",
        "calls.exotel",
    ]


async def test_a_wall_clock_that_was_set_back_does_not_lengthen_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asleep_for_an_hour(_seconds: float) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr("ari_app.dialer.durable.DBOS.sleep_async", asleep_for_an_hour)
    monkeypatch.setattr("ari_app.dialer.durable._OVERSLEPT_S", 0.01)
    async with asyncio.timeout(10):
        await _sleep(0.01)
