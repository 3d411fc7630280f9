"""The client against the real API: typed answers, errors with their problem, retries only where they do no harm."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from ari_app.client import (
    CallOrder,
    ConflictError,
    DeniedError,
    InvalidError,
    Mercury,
    NotFoundError,
    Retrying,
    TooManyRequestsError,
    UnavailableError,
    UnreachableError,
)
from ari_app.store.records import CallEvent, Status
from tests.ari_app.api.conftest import TOKEN, VIEWER, Api, served
from tests.ari_app.store.samples import NOON, End

ORDER = CallOrder(
    "vendor_confirmation",
    "+919812345678",
    {"order_id": "A17", "total": 450},
    caller="+918040000001",
    priority=1,
    retries={"busy": {"times": 1}},
)
AT_ONCE = Retrying(times=2, first_s=0.001)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with served(tmp_path) as api:
        yield api


@pytest.fixture
async def mercury(api: Api) -> AsyncIterator[Mercury]:
    async with Mercury(api.url, TOKEN) as mercury:
        yield mercury


async def test_a_call_from_its_order_to_its_end(api: Api, mercury: Mercury) -> None:
    accepted = await mercury.initiate(ORDER, idempotency_key="k")
    assert (await mercury.initiate(ORDER, idempotency_key="k")).id == accepted.id
    await api.store.add_events(accepted.id, [CallEvent(NOON, "said", {"ms": 1, "text": "नमस्ते"})])
    seen = []
    async for event in mercury.events(accepted.id):
        seen.append(event.kind)
        if event.kind == "said":
            await api.store.finish(accepted.id, End(Status.COMPLETED, "confirmed"), 16, NOON)
    assert (seen[0], seen[-1]) == ("said", "finished")
    call = await mercury.get(accepted.id)
    assert (call.ended, call.outcome, call.caller, call.order_id) == (True, "confirmed", "+918040000001", "A17")
    assert [line.text for line in await mercury.transcript(accepted.id)] == ["नमस्ते"]


async def test_many_calls_and_all_pages(mercury: Mercury) -> None:
    accepted = await mercury.initiate_many([ORDER] * 7)
    assert len({call.id for call in accepted}) == 7
    listed = [call.id async for call in mercury.list(order_id="A17", page_size=3)]
    assert sorted(listed) == sorted(call.id for call in accepted)
    assert [call.id async for call in mercury.list(flow="rider")] == []
    keyed = [await mercury.initiate_many([ORDER] * 2, idempotency_keys=["a", "b"]) for _ in range(2)]
    assert keyed[0] == keyed[1]


async def test_cancel_and_change(api: Api, mercury: Mercury) -> None:
    accepted = await mercury.initiate(ORDER)
    with pytest.raises(ConflictError, match="not live"):
        await mercury.change(accepted.id, hang_up=True)
    assert (await mercury.cancel(accepted.id, "too late")).status == "canceled"
    assert api.asked == []


async def test_errors_carry_the_problem(api: Api, mercury: Mercury) -> None:
    with pytest.raises(InvalidError) as caught:
        await mercury.initiate(CallOrder("vendor_confirmation", "+919812345678", {"total": "many"}))
    assert [error.field for error in caught.value.errors] == ["inputs.total"]
    with pytest.raises(NotFoundError, match="no call call_9"):
        await mercury.get("call_9")
    async with Mercury(api.url, VIEWER) as viewer:
        with pytest.raises(DeniedError, match="needs the scope calls"):
            await viewer.initiate(ORDER)


async def answering(statuses: Sequence[int], seen: list[str]) -> tuple[web.AppRunner, str]:
    """A server that answers with these statuses in turn, and keeps what it was asked."""
    left = iter(statuses)

    async def handle(request: web.Request) -> web.Response:
        seen.append(f"{request.method} {request.headers.get('Idempotency-Key', '')}".strip())
        status = next(left)
        body = {"id": "c", "status": "queued"} if status == 202 else {"title": "x", "status": status, "detail": "y"}
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_an_initiation_is_sent_again_under_the_same_key() -> None:
    seen: list[str] = []
    runner, url = await answering([503, 502, 202], seen)
    async with Mercury(url, "t", retrying=AT_ONCE) as mercury:
        assert (await mercury.initiate(ORDER)).id == "c"
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert len(seen[0].split()) == 2
    await runner.cleanup()


async def test_tries_have_an_end_and_a_change_is_sent_once() -> None:
    seen: list[str] = []
    runner, url = await answering([503, 503, 503, 503, 429, 429, 429], seen)
    async with Mercury(url, "t", retrying=AT_ONCE) as mercury:
        with pytest.raises(UnavailableError):
            await mercury.get("c")
        assert len(seen) == 3
        with pytest.raises(UnavailableError):
            await mercury.change("c", hang_up=True)
        assert len(seen) == 4
        with pytest.raises(TooManyRequestsError):
            await mercury.change("c", hang_up=True)
    assert len(seen) == 7
    await runner.cleanup()
    async with Mercury(url, "t", retrying=AT_ONCE) as mercury:
        with pytest.raises(UnreachableError):
            await mercury.get("c")


async def test_the_client_knows_nothing_of_the_server() -> None:
    script = "import sys, ari_app.client; print([m for m in sys.modules if m[:8] == 'ari_app.' and 'client' not in m])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert output.decode().strip() == "[]"
