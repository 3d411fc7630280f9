"""kill -9 of Mercury at its write boundaries, again and again, while vendors are called and confirm their orders.

`make test-survival` runs the long one: KILLS (200) kills. What came of it is printed, and lies in build/survival.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk import Installation
from tests.asterisk.siege import Order, Siege
from tests.asterisk.survival_report import keep

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
ORDERS_A_LIFE = 3
_LIFE_S = 10.0
_KINDS = ("commit", "commit", "ari", "ari", "post")
_MOST = {"commit": 60, "ari": 24, "post": 5}
"""How many boundaries of a kind a life of `ORDERS_A_LIFE` orders passes, about."""


@dataclass
class Loop:
    """Lives of one Mercury, each ended by SIGKILL."""

    siege: Siege
    folder: Path
    chance: random.Random
    kills: int = 0
    overdue: int = 0
    """Kills at no boundary: the life was over before it came to the one that was drawn."""
    up_s: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "kills.log"

    def plan(self, **where: Any) -> None:
        """Of the next life."""
        (self.folder / "plan.json").write_text(json.dumps({"log": str(self.log), **where}), encoding="utf-8")

    async def live(self) -> None:
        """Start, take orders, and die at a boundary."""
        kind = self.chance.choice(_KINDS)
        number = 1 + int(self.chance.random() ** 1.5 * _MOST[kind])
        self.plan(kind=kind, at=self.chance.choice(("before", "after")), number=number)
        began = time.monotonic()
        mercury = self.siege.mercury
        await mercury.spawn()
        died = asyncio.create_task(mercury.exited())
        try:
            async with asyncio.timeout(_LIFE_S):
                await self._work(died, began)
                await asyncio.wait({died})
        except TimeoutError:
            self.overdue += 1
        await mercury.kill()
        if (status := await died) != -signal.SIGKILL:
            raise AssertionError(f"life {self.kills} ended by itself ({status}):\n{mercury.log()[-4000:]}")
        self.kills += 1

    async def _work(self, died: asyncio.Task[int], began: float) -> None:
        """Post new orders, and again those that were not accepted, until it dies."""
        up = asyncio.create_task(self.siege.mercury.up())
        await asyncio.wait({up, died}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done():
            up.cancel()
        with suppress(asyncio.CancelledError, AssertionError):
            await up
            self.up_s.append(time.monotonic() - began)
            orders = [order for order in self.siege.orders if not order.call_id]
            orders += [self.siege.order() for _ in range(ORDERS_A_LIFE)]
            await asyncio.gather(*map(self._post, orders))

    async def _post(self, order: Order) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        await self.siege.post(order)

    async def end(self) -> None:
        """A last life, which is let to finish everything."""
        self.plan()
        await self.siege.up()
        await self.siege.post_all(self.siege.orders)
        await self.siege.settled(90)

    def boundaries(self) -> Counter[str]:
        """Where it was killed, how often."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return Counter(lines)


async def _kill_loop(folder: Path, installation: Installation, kills: int, seed: int) -> dict[str, Any]:
    began = time.monotonic()
    program = ("tests.asterisk.crashing", str(folder / "plan.json"))
    async with await Siege.begin(
        folder, installation, program=program, forked=True, numbers=ORDERS_A_LIFE * (kills + 1)
    ) as siege:
        loop = Loop(siege, folder, random.Random(seed))
        while loop.kills < kills:
            await loop.live()
        await loop.end()
        judged = siege.judge()
        troubles = Counter(trouble.split(": ", 1)[-1] for trouble in siege.callees.troubles)
    boundaries = loop.boundaries()
    figures = {
        "kills": loop.kills,
        "at a boundary": boundaries.total(),
        "different boundaries": len(boundaries),
        "orders": len(siege.orders),
        "start_s (median)": sorted(loop.up_s)[len(loop.up_s) // 2] if loop.up_s else 0.0,
        **judged.figures,
        "phones' troubles": dict(troubles),
        "seconds": round(time.monotonic() - began, 1),
        "seed": seed,
        "boundaries": dict(sorted(boundaries.items())),
        "wrong": judged.wrong,
    }
    keep(f"kills-{kills}", figures)
    assert judged.wrong == []
    assert boundaries.total() >= kills // 2, "most kills are to hit a boundary"
    return figures


async def test_killed_at_a_few_boundaries(tmp_path: Path, installation: Installation) -> None:
    figures = await _kill_loop(tmp_path, installation, 6, seed=random.randrange(1 << 30))
    assert figures["confirmations heard"] > 0


@pytest.mark.slow
async def test_killed_at_every_boundary(tmp_path: Path, installation: Installation) -> None:
    kills = int(os.environ.get("KILLS", "200"))
    seed = int(os.environ.get("KILLS_SEED", "5"))
    figures = await _kill_loop(tmp_path, installation, kills, seed)
    assert figures["kills"] >= kills
    assert figures["confirmations heard"] >= kills // 4
