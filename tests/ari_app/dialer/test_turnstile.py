from __future__ import annotations

import asyncio

from ari_app.dialer.turnstile import Place, Turnstile
from tests.virtual_time import settle, virtual_time


async def passing(turnstile: Turnstile, place: Place, order: list[int]) -> None:
    async with turnstile.line(place), turnstile.turn(place):
        await asyncio.sleep(1)
        order.append(place[0])


@virtual_time
async def test_who_is_first_in_line_goes_first_and_alone() -> None:
    turnstile, order = Turnstile(), list[int]()
    tasks = [asyncio.create_task(passing(turnstile, (rank, serial), order)) for serial, rank in enumerate((5, 3, 9))]
    await settle()
    tasks.append(asyncio.create_task(passing(turnstile, (1, 7), order)))
    await asyncio.gather(*tasks)
    assert order == [5, 1, 3, 9], "who is inside is not disturbed"
    assert asyncio.get_running_loop().time() >= 4


@virtual_time
async def test_who_gives_up_holds_up_nobody() -> None:
    turnstile, order = Turnstile(), list[int]()
    inside = asyncio.create_task(passing(turnstile, (1, 0), order))
    await settle()
    waiting = asyncio.create_task(passing(turnstile, (2, 1), order))
    last = asyncio.create_task(passing(turnstile, (3, 2), order))
    await settle()
    waiting.cancel()
    inside.cancel()
    await asyncio.wait([waiting, inside])
    await last
    assert order == [3]


@virtual_time
async def test_who_asks_again_keeps_their_place() -> None:
    turnstile, order = Turnstile(), list[int]()

    async def asking(place: Place) -> None:
        async with turnstile.line(place):
            for _ in range(3):
                async with turnstile.turn(place):
                    await asyncio.sleep(1)
                    order.append(place[0])
                await asyncio.sleep(0)

    await asyncio.gather(asking((1, 0)), asking((2, 1)))
    assert order == [1, 1, 1, 2, 2, 2]
