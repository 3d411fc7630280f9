"""The plumbing of HTTP engines, against a server that misbehaves on a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import (
    CutError,
    Deadlines,
    EngineHttp,
    KeyRefusedError,
    OverloadedError,
    RefusedError,
    json_object,
)

KEY = "sk-verysecret"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]
_QUICK = Deadlines(connect_s=0.2, first_byte_s=0.1, whole_s=0.3)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[web.AppRunner] = []

    async def started(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/v1/work", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}/v1"

    yield started
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def engine(serve: Serve) -> AsyncIterator[Callable[[Handler], Awaitable[EngineHttp]]]:
    made: list[EngineHttp] = []

    async def to(handler: Handler) -> EngineHttp:
        made.append(EngineHttp("ear", await serve(handler), key=KEY, deadlines=_QUICK, largest_bytes=1000))
        return made[-1]

    yield to
    for one in made:
        await one.close()


To = Callable[[Handler], Awaitable[EngineHttp]]


def answers(status: int, text: str) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    return handler


async def test_json_goes_out_with_the_key_and_the_answer_comes_back(engine: To) -> None:
    async def echo(request: web.Request) -> web.Response:
        told = {"got": await request.json(), "auth": request.headers["Authorization"], "query": request.query_string}
        return web.json_response(told)

    http = await engine(echo)
    told = json_object("ear", await http.post("/work", body={"a": 1}, query=[("x", "1"), ("x", "2")]))
    assert told == {"got": {"a": 1}, "auth": f"Bearer {KEY}", "query": "x=1&x=2"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, RefusedError) for status in (307, 400, 404, 500)),
        *((status, KeyRefusedError) for status in (401, 403)),
        *((status, OverloadedError) for status in (429, 503)),
    ],
)
async def test_a_refusal_says_status_and_reason_and_never_the_key(
    engine: To, status: int, kind: type[RefusedError]
) -> None:
    http = await engine(answers(status, json.dumps({"error": {"message": f"no\nto {KEY}" + "x" * 500}})))
    with pytest.raises(kind) as caught:
        await http.post("/work", body={})
    text = str(caught.value)
    assert text.startswith(f"ear: POST /work: expected success, got HTTP {status}: no to ***xxx")
    assert KEY not in text
    assert len(text) < 300
    assert caught.value.status == status


def test_refusals_are_what_chains_of_engines_know() -> None:
    assert issubclass(KeyRefusedError, EngineUnavailableError)
    assert issubclass(OverloadedError, EngineBusyError)
    assert issubclass(OverloadedError, TimeoutError)


async def test_a_server_that_never_answers_is_given_up(engine: To) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(EngineBusyError, match="ear: POST /work"):
        await (await engine(hang)).post("/work", body={})


async def test_an_answer_that_dribbles_is_given_up_at_the_whole_deadline(engine: To) -> None:
    async def dribble(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.02)

    with pytest.raises(EngineBusyError):
        await (await engine(dribble)).post("/work", body={})


async def test_an_answer_past_the_bound_is_refused(engine: To) -> None:
    with pytest.raises(EngineError, match="at most 1000 bytes"):
        await (await engine(answers(200, "x" * 1001))).post("/work", body={})


async def test_lines_are_whole_however_they_are_cut(engine: To) -> None:
    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in ("data: हाँ".encode()[:8], "data: हाँ".encode()[8:], b"\r\n\r\ndata: 2", b"\n", b"rest"):
            await response.write(piece)
            await asyncio.sleep(0)
        return response

    http = await engine(pieces)
    async with http.stream("/work", body={}) as answer:
        assert [line async for line in answer.lines()] == ["data: हाँ", "", "data: 2", "rest"]


async def test_a_connection_that_breaks_before_an_answer_is_tried_once_more_and_no_oftener(engine: To) -> None:
    seen = 0

    async def cut(request: web.Request) -> web.Response:
        nonlocal seen
        seen += 1
        if seen != 2 and request.transport:
            request.transport.abort()
        return web.Response(text="well")

    http = await engine(cut)
    assert await http.post("/work", body={}) == b"well"
    seen = 2
    with pytest.raises(EngineError):
        await http.post("/work", body={})
    assert seen == 4


async def test_an_answer_that_is_cut_is_an_engine_error_and_not_asked_again(engine: To) -> None:
    seen = 0

    async def cut(request: web.Request) -> web.StreamResponse:
        nonlocal seen
        seen += 1
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport
        request.transport.close()
        return response

    with pytest.raises(EngineError, match="ear: POST /work"):
        await (await engine(cut)).post("/work", body={})
    assert seen == 1


@pytest.mark.parametrize("leave", ["cancel", "break"])
async def test_leaving_an_answer_cuts_the_connection(engine: To, leave: str) -> None:
    started, cut = asyncio.Event(), asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b".")
                started.set()
                await asyncio.sleep(0.005)
        except (ConnectionError, asyncio.CancelledError):
            cut.set()
        return response

    http = await engine(endless)

    async def read() -> None:
        async with http.stream("/work", body={}) as answer:
            async for _ in answer.chunks():
                if leave == "break":
                    break

    reading = asyncio.create_task(read())
    async with asyncio.timeout(2):
        await started.wait()
        if leave == "cancel":
            reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await cut.wait()


async def test_nobody_there_is_an_engine_that_is_unavailable() -> None:
    http = EngineHttp("ear", "http://127.0.0.1:9/v1", deadlines=_QUICK)
    with pytest.raises(EngineUnavailableError, match="ear: POST /work: can't connect"):
        await http.post("/work", body={})
    with pytest.raises(EngineUnavailableError, match="can't connect"):
        async with http.websocket("/work"):
            pass
    await http.close()
    await http.close()
    with pytest.raises(EngineUnavailableError, match="it is closed"):
        await http.post("/work", body={})


@pytest.mark.parametrize("url", ["", "localhost:80", "ftp://x/", "http://", "http://[::1"])
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(EngineUnavailableError, match="ear: expected a URL"):
        EngineHttp("ear", url)


def test_deadlines_are_above_nothing() -> None:
    with pytest.raises(ValueError, match="expected first_byte_s above 0"):
        Deadlines(first_byte_s=0)


async def test_a_websocket_carries_both_ways_and_ends(engine: To) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(request.headers["Authorization"])
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                await socket.send_bytes(message.data[::-1])
            else:
                break
        await socket.close()
        return socket

    async with (await engine(echo)).websocket("/work") as socket:
        assert await socket.receive() == f"Bearer {KEY}"
        await socket.send(b"abc")
        assert await socket.receive() == b"cba"
        await socket.send("end")
        assert await socket.receive() is None


async def test_a_websocket_that_is_cut_or_refused_says_so(engine: To) -> None:
    async def cut(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close(code=1011, message=b"no audio")
        return socket

    async with (await engine(cut)).websocket("/work") as socket:
        with pytest.raises(CutError, match="close code 1011: no audio"):
            await socket.receive()
    with pytest.raises(OverloadedError, match="HTTP 429"):
        async with (await engine(answers(429, "later"))).websocket("/work"):
            pass
    with pytest.raises(KeyRefusedError, match="HTTP 401"):
        async with (await engine(answers(401, "who"))).websocket("/work"):
            pass


async def test_a_peer_that_does_not_say_goodbye_is_left_all_the_same(engine: To) -> None:
    gone = asyncio.Event()

    async def deaf(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoclose=False)
        await socket.prepare(request)
        try:
            await gone.wait()
        finally:
            gone.set()
        return socket

    http = await engine(deaf)
    async with asyncio.timeout(1):
        async with http.websocket("/work"):
            pass
    gone.set()


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b""])
def test_what_is_no_json_object_is_said(body: bytes) -> None:
    with pytest.raises(EngineError, match="ear: expected"):
        json_object("ear", body)
