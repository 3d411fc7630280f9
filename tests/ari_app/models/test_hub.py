"""What a hub may say and what is made of it: commits, pages, answers that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from ari_app.models.errors import BrokenOffError, ModelError
from ari_app.models.hub import Hub
from ari_app.models.web import Patience, Tries, Web

COMMIT = "a" * 40
QUICK = Patience(connect_s=1, stall_s=1, tries=3, first_wait_s=0.001, most_wait_s=0.001)


@asynccontextmanager
async def hub(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Hub]:
    """One whose every answer is this one."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with Web(f"http://127.0.0.1:{runner.addresses[0][1]}/", patience=QUICK) as connections:
            yield Hub(connections)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("document", ["{}", '{"sha": "main"}', "[]", '{"sha": 3}', "<html>"])
async def test_what_is_no_commit_is_refused(document: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=document)

    async with hub(answer) as asked:
        with pytest.raises(ModelError, match=r"expected (a commit|JSON) from the hub, got"):
            await asked.commit("a/b", "main")


async def test_a_commit_that_was_asked_for_is_that_one() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"sha": COMMIT})

    async with hub(answer) as asked:
        assert await asked.commit("a/b", "refs/pr/1") == COMMIT
        with pytest.raises(ModelError, match=f"expected the commit {'b' * 40}, the hub gave {COMMIT}"):
            await asked.commit("a/b", "b" * 40)


async def test_a_list_goes_on_at_the_hub_alone_and_has_an_end() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        return web.json_response([], headers={"Link": '<https://evil.example/next>; rel="next"'})

    async def endless(request: web.Request) -> web.Response:
        entries = [{"path": f"{number}", "size": 1, "oid": COMMIT} for number in range(5000)]
        return web.json_response(entries, headers={"Link": f'<{request.url}>; rel="next"'})

    async def large(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b" " * (17 * 1024 * 1024))

    for answer, told in (
        (elsewhere, "expected the list's next page on the hub itself"),
        (endless, "expected at most 10000 files, there are more"),
        (large, "its answer has no end"),
    ):
        async with hub(answer) as asked:
            with pytest.raises(ModelError, match=told):
                await asked.files("a/b", COMMIT, {})


async def test_redirects_have_an_end() -> None:
    async def around(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path})

    async def nowhere(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://hub.example/x"})

    for answer, told in ((around, "at most 6 redirects"), (nowhere, "expected an https address, got http://hub.ex")):
        async with hub(answer) as asked:
            with pytest.raises(ModelError, match=told):
                await asked.commit("a/b", "main")


async def test_what_breaks_off_is_tried_again_a_few_times_and_progress_begins_the_count_anew() -> None:
    tries, error = Tries(QUICK), BrokenOffError("cut")
    for _ in range(5):
        await tries.again(error, progressed=True)
    await tries.again(error, progressed=False)
    with pytest.raises(BrokenOffError):
        await tries.again(error, progressed=False)


async def test_trouble_that_does_not_pass_is_given_up() -> None:
    times = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal times
        times += 1
        return web.Response(status=503)

    async with hub(answer) as asked:
        with pytest.raises(ModelError, match=r"a/b@main: the server has trouble \(HTTP 503\)"):
            await asked.commit("a/b", "main")
    assert times == QUICK.tries


@pytest.mark.parametrize("home", ["ftp://x", "hub", "https://user:key@hub.example", "https://hub.example?key=1"])
def test_a_hub_is_an_address(home: str) -> None:
    with pytest.raises(ModelError, match="expected the address of a model hub"):
        Web(home)
