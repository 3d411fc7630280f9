"""The bad network is as bad as it says, and is so each time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from media.transport.rtp import open_port
from tests.standins.bad_path import BadPath, Condition, Impairment

BAD = Condition("bad", loss=0.03, delay_ms=(20, 100), reordered=0.05, doubled=0.05)
_PACKETS = 20_000


def _sent(condition: Condition, seed: int = 1) -> tuple[Impairment, list[tuple[float, ...]]]:
    impairment = Impairment(condition, seed)
    return impairment, [impairment.leaves(number * 0.02) for number in range(_PACKETS)]


def test_shares_are_as_asked_for() -> None:
    impairment, _ = _sent(BAD)
    shares = {fate: count / _PACKETS for fate, count in impairment.fates.items()}
    assert shares["lost"] == pytest.approx(0.03, abs=0.005)
    assert shares["doubled"] == pytest.approx(0.05, abs=0.007)
    assert shares["reordered"] == pytest.approx(0.05, abs=0.007)


def test_losses_may_come_in_a_row() -> None:
    _, left = _sent(Condition("bursts", loss=0.03, burst=5))
    lost = [not times for times in left]
    ends = sum(1 for was, now in pairwise(lost) if was and not now)
    assert sum(lost) / _PACKETS == pytest.approx(0.03, abs=0.008)
    assert sum(lost) / ends == pytest.approx(5, abs=0.5)


def test_a_slow_packet_holds_up_those_behind_it_unless_they_overtake() -> None:
    delay = (20.0, 100.0)
    _, queued = _sent(Condition("queue", delay_ms=delay))
    _, loose = _sent(Condition("loose", delay_ms=delay, overtaking=True))
    assert all(a <= b for (a,), (b,) in pairwise(queued))
    assert any(a > b for (a,), (b,) in pairwise(loose))
    for left in (queued, loose):
        delays = [times[0] - number * 0.02 for number, times in enumerate(left)]
        assert min(delays) > 0.019
        assert max(delays) <= 0.1 + 1e-9


def test_the_same_seed_has_the_same_luck() -> None:
    times = {seed: _sent(BAD, seed)[1] for seed in (1, 2)}
    assert _sent(BAD, 1)[1] == times[1]
    assert times[1] != times[2]


async def test_both_ways_lead_through_it() -> None:
    near, far = open_port(), open_port()
    path = BadPath(Condition("late", delay_ms=(5, 10), doubled=1.0), 1, near.getsockname())
    path.leads_to(far.getsockname())
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        await loop.sock_sendto(near, b"out", path.address)
        came = [await loop.sock_recvfrom(far, 10) for _ in range(2)]
        assert came == [(b"out", path.address)] * 2
        await loop.sock_sendto(far, b"back", path.address)
        assert [(await loop.sock_recvfrom(near, 10))[0] for _ in range(2)] == [b"back"] * 2
    path.close()
    path.close()
    near.close()
    far.close()
