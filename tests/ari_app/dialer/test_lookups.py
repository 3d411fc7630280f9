"""Names that mean one's own network, now or later, and servers that misbehave: over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest
from aiohttp import web

from ari_app.dialer.lookups import CallbackHosts
from ari_app.dialer.urls import UrlRefusedError
from ari_app.dialer.webhook import Signer, WebhookSender
from ari_app.store.records import CallbackRecord, CallbackStatus
from tests.ari_app.dialer.conftest import SECRET
from tests.ari_app.store.samples import NOON

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[int]]


class Clock:
    def __init__(self) -> None:
        self.time_s = 0.0

    def now(self) -> float:
        return self.time_s


class Names:
    """A resolver of one's own; each question of a name takes its next answer, the last one again and again."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self._answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError(f"no such name: {host}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer.split()


def sender(hosts: CallbackHosts) -> WebhookSender:
    return WebhookSender(Signer([SECRET]), timeout_s=2.0, hosts=hosts, wall=lambda: datetime.now(UTC))


def callback(url: str) -> CallbackRecord:
    return CallbackRecord(
        id="msg_1",
        call_id="call_1",
        type="call.result",
        url=url,
        body='{"type":"call.result"}',
        status=CallbackStatus.PENDING,
        attempts=0,
        last_error="",
        created_at=NOON,
        next_at=None,
        ended_at=None,
    )


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[web.AppRunner] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> int:
        app = web.Application()
        app.router.add_post("/{any:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_name_of_ones_own_network_is_refused_when_the_call_is_taken() -> None:
    names = Names(inside_example=["10.0.0.5"], both_example=["8.8.8.8 127.0.0.1"], out_example=["8.8.8.8"])
    hosts = CallbackHosts((), Clock(), names.resolve)
    await hosts.look_up([f"http://{name}.example/" for name in ("inside", "both", "out", "unknown")])
    for refused in ("inside", "both"):
        with pytest.raises(UrlRefusedError, match="resolves to a refused address"):
            hosts.check_url(f"http://{refused}.example/x")
    hosts.check_url("http://out.example/")
    hosts.check_url("http://unknown.example/")


async def test_what_is_known_is_asked_anew_after_a_minute_and_not_before() -> None:
    names, clock = Names(jupiter_example=["10.0.0.5", "8.8.8.8"]), Clock()
    hosts = CallbackHosts((), clock, names.resolve)
    url = "https://jupiter.example/"
    for _ in range(3):
        await hosts.look_up([url, url])
    assert names.asked == ["jupiter.example"]
    clock.time_s = 61.0
    await hosts.look_up([url])
    hosts.check_url(url)


async def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr("ari_app.dialer.lookups._LOOK_UP_S", 0.01)
    hosts = CallbackHosts((), Clock(), never)
    await hosts.look_up(["http://slow.example/"])
    hosts.check_url("http://slow.example/")


async def test_a_name_that_changes_its_meaning_is_not_connected_to(serve: Serve) -> None:
    reached: list[str] = []

    async def inside(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response()

    port = await serve(inside)
    names = Names(rebind_example=["8.8.8.8", "127.0.0.1"])
    hosts = CallbackHosts((), Clock(), names.resolve)
    url = f"http://rebind.example:{port}/admin"
    await hosts.look_up([url])
    hosts.check_url(url)
    sending = sender(hosts)
    answer = await sending.send(callback(url))
    await sending.close()
    assert answer.http_status == 0
    assert "refused" in answer.error
    assert "loopback" in answer.error
    assert not reached


async def test_the_connection_goes_to_the_address_that_was_checked(serve: Serve) -> None:
    hosts_seen: list[str] = []

    async def jupiter(request: web.Request) -> web.Response:
        hosts_seen.append(request.host)
        return web.Response()

    port = await serve(jupiter)
    names = Names(jupiter_example=["127.0.0.1", "10.0.0.1"])
    sending = sender(CallbackHosts(["127.0.0.0/8"], Clock(), names.resolve))
    answer = await sending.send(callback(f"http://jupiter.example:{port}/x"))
    await sending.close()
    assert (answer.http_status, hosts_seen, names.asked) == (200, [f"jupiter.example:{port}"], ["jupiter.example"])


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "0x7f.1"])
async def test_nothing_inside_is_called_even_if_it_is_on_record(serve: Serve, host: str) -> None:
    reached: list[str] = []

    async def inside(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response()

    port = await serve(inside)
    sending = sender(CallbackHosts((), Clock()))
    answer = await sending.send(callback(f"http://{host}:{port}/"))
    await sending.close()
    assert answer.error.startswith("callback_url refused:")
    assert not reached


async def test_a_proxy_of_the_environment_is_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async def jupiter(_request: web.Request) -> web.Response:
        return web.Response()

    port = await serve(jupiter)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    sending = sender(CallbackHosts(["127.0.0.1"], Clock()))
    answer = await sending.send(callback(f"http://127.0.0.1:{port}/"))
    await sending.close()
    assert answer.http_status == 200


async def test_of_an_endless_answer_no_more_than_its_beginning_is_read(serve: Serve) -> None:
    sent = 0
    cut = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
                sent += 65_536
        finally:
            cut.set()

    port = await serve(endless)
    sending = sender(CallbackHosts(["127.0.0.1"], Clock()))
    answer = await sending.send(callback(f"http://127.0.0.1:{port}/"))
    assert answer.http_status == 200
    async with asyncio.timeout(5):
        await cut.wait()
    await sending.close()
    assert sent < 20_000_000
