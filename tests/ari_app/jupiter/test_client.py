"""Lookups at a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from ari_app.jupiter.client import ServiceClient, ServiceError, jupiter_service
from ari_app.ops.settings import JupiterSettings
from tests.standins.jupiter import Behaviour, Jupiter, Mode, serve

ORDER = {"status": "preparing", "minutes": 12, "vendor": "शर्मा"}


@dataclass
class VirtualClock:
    at: float = 0.0

    def now(self) -> float:
        return self.at


@dataclass
class Line:
    jupiter: Jupiter
    client: ServiceClient
    clock: VirtualClock


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    jupiter = Jupiter("whsec_c2VjcmV0", token="t0ken", orders={"A17": ORDER})
    runner, base = await serve(jupiter)
    clock = VirtualClock()
    settings = JupiterSettings.model_validate(
        {"base_url": base + "/", "token": "t0ken", "timeout_s": 1.0, "breaker_failures": 2, "breaker_open_s": 10.0}
    )
    client = ServiceClient(jupiter_service(settings), clock)
    yield Line(jupiter, client, clock)
    await client.close()
    await runner.cleanup()


async def test_an_order_is_looked_up(line: Line) -> None:
    assert await line.client.lookup("order", {"order_id": "A17"}) == ORDER


async def test_an_unknown_order_says_so_and_is_no_fault_of_the_backend(line: Line) -> None:
    for _ in range(5):
        with pytest.raises(ServiceError, match="lookup order: expected 200, got 404"):
            await line.client.lookup("order", {"order_id": "B1"})
    assert await line.client.lookup("order", {"order_id": "A17"}) == ORDER


async def test_a_wrong_token_is_refused(line: Line) -> None:
    line.jupiter.token = "another"
    with pytest.raises(ServiceError, match="got 401"):
        await line.client.lookup("order", {"order_id": "A17"})


async def test_a_backend_that_hangs_costs_no_more_than_the_deadline(line: Line) -> None:
    line.jupiter.behaviour = Behaviour(Mode.HANG)
    with pytest.raises(ServiceError, match=r"no answer in 0\.1 s"):
        await line.client.lookup("order", {"order_id": "A17"}, timeout_s=0.1)


async def test_a_cut_connection_is_a_failure(line: Line) -> None:
    line.jupiter.behaviour = Behaviour(Mode.LOSE)
    with pytest.raises(ServiceError, match="ServerDisconnectedError"):
        await line.client.lookup("order", {"order_id": "A17"})


async def test_a_failing_backend_is_left_alone_and_tried_again(line: Line) -> None:
    line.jupiter.behaviour = Behaviour(Mode.ERROR)
    for _ in range(2):
        with pytest.raises(ServiceError, match="answered 500"):
            await line.client.lookup("order", {"order_id": "A17"})
    line.jupiter.behaviour = Behaviour()
    with pytest.raises(ServiceError, match=r"not asked for 10\.0 s"):
        await line.client.lookup("order", {"order_id": "A17"})
    line.clock.at = 10.0
    assert await line.client.lookup("order", {"order_id": "A17"}) == ORDER


async def test_without_a_backend_it_says_what_to_set() -> None:
    with pytest.raises(ServiceError, match=r"jupiter\.base_url"):
        await ServiceClient(jupiter_service(JupiterSettings())).lookup("order", {})


async def test_a_name_cannot_leave_the_lookups(line: Line) -> None:
    with pytest.raises(ServiceError, match="expected a name"):
        await line.client.lookup("../callback", {})


@pytest.mark.parametrize(
    ("body", "what"), [("[1]", "JSON object, got list"), ("{", "not JSON"), ('"' + "a" * 300_000 + '"', "262144 bytes")]
)
async def test_an_answer_that_is_no_object_is_refused(body: str, what: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    app = web.Application()
    app.add_routes([web.post("/voice/lookup/order", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = JupiterSettings.model_validate({"base_url": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    client = ServiceClient(jupiter_service(settings))
    with pytest.raises(ServiceError, match=what):
        await client.lookup("order", {})
    await client.close()
    await runner.cleanup()
