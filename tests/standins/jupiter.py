"""A stand-in for Jupiter, the marketplace's backend: takes signed results and submissions, answers lookups, over HTTP.

    python -m tests.standins.jupiter --port 0 --secret-file FILE [--token TOKEN] [--received FILE.jsonl] [--orders FILE]

It prints `READY http://127.0.0.1:PORT`. `GET /received` lists the results that came, `GET /submitted` the submissions;
`POST /control {"mode": …}` has it misbehave. Lookups and submissions are taken under /voice, as Jupiter's, and without
it, as another service's.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError


class Mode(StrEnum):
    """How it behaves."""

    OK = "ok"
    SLOW = "slow"
    """Answers after `delay_s`."""
    ERROR = "error"
    """Answers `status` (500 unless given), and keeps nothing."""
    HANG = "hang"
    """Never answers."""
    LOSE = "lose"
    """Keeps what came, and cuts the connection instead of answering."""


@dataclass(slots=True)
class Behaviour:
    """The mode, for so many requests (None: until told otherwise); then `ok`."""

    mode: Mode = Mode.OK
    times: int | None = None
    delay_s: float = 1.0
    status: int = 500
    retry_after: str = ""
    location: str = ""

    def take(self) -> Mode:
        """The mode of the next request."""
        if self.times is None:
            return self.mode
        if self.times == 0:
            return Mode.OK
        self.times -= 1
        return self.mode


@dataclass(slots=True)
class Jupiter:
    """The backend. `received` is every result that was kept, verified or not, in the order of arrival."""

    secret: str
    token: str = ""
    log: Path | None = None
    orders: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    received: list[dict[str, Any]] = field(default_factory=list)
    submitted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By idempotency key: what was taken first under it; a repetition is answered alike, and taken once."""
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """By the number dialled: what is said of a call that is to be answered or not; `{"answer": true}` unless told."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The calls that it was asked about."""
    requests: int = 0
    url: str = ""
    """Where results are taken, once it is served."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """The server's application."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/callback", self._callback),
                *(web.post(f"{base}/lookup/{{name}}", self._lookup) for base in ("/voice", "")),
                *(web.post(f"{base}/submit/{{name}}", self._submit) for base in ("/voice", "")),
                web.post("/api/voice/call/answer", self._whether_to_answer),
                web.get("/received", self._received),
                web.get("/submitted", self._submissions),
                web.post("/control", self._control),
            ]
        )
        return app

    async def wait_received(self, count: int, timeout_s: float = 10.0) -> list[dict[str, Any]]:
        """What has been kept, once it is at least `count`."""
        async with asyncio.timeout(timeout_s):
            while len(self.received) < count:
                self.news.clear()
                await self.news.wait()
        return self.received

    async def _callback(self, request: web.Request) -> web.Response:
        self.requests += 1
        body = await request.text()
        mode = self.behaviour.take()
        if mode is not Mode.ERROR:
            self._keep(request, body)
        return await self._answer(request, mode, web.Response(status=204))

    def _known(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self.token}")

    async def _submit(self, request: web.Request) -> web.Response:
        self.requests += 1
        key = request.headers.get("Idempotency-Key", "")
        if not self._known(request) or not key:
            return web.json_response({"error": "wrong token, or no key"}, status=401)
        values = await request.json()
        mode = self.behaviour.take()
        if mode is not Mode.ERROR:
            number = f"T{len(self.submitted) + 1}"
            self.submitted.setdefault(key, {"name": request.match_info["name"], "values": values, "reference": number})
            self.news.set()
        answer = web.json_response({"reference": self.submitted.get(key, {}).get("reference", "")}, status=201)
        return await self._answer(request, mode, answer)

    async def _submissions(self, _request: web.Request) -> web.Response:
        return web.json_response(self.submitted)

    async def _lookup(self, request: web.Request) -> web.Response:
        if not self._known(request):
            return web.json_response({"error": "wrong token"}, status=401)
        arguments = await request.json()
        order = self.orders.get(str(arguments.get("order_id", "")))
        answer = web.json_response(order) if order else web.json_response({"error": "no such order"}, status=404)
        return await self._answer(request, self.behaviour.take(), answer)

    async def _whether_to_answer(self, request: web.Request) -> web.Response:
        if not self._known(request):
            return web.json_response({"error": "wrong token"}, status=401)
        call = await request.json()
        self.asked.append(call)
        answer = web.json_response(self.answers.get(str(call["to"]), {"answer": True}))
        return await self._answer(request, self.behaviour.take(), answer)

    async def _answer(self, request: web.Request, mode: Mode, good: web.Response) -> web.Response:
        match mode:
            case Mode.SLOW:
                await asyncio.sleep(self.behaviour.delay_s)
            case Mode.ERROR:
                headers = {"Retry-After": self.behaviour.retry_after, "Location": self.behaviour.location}
                given = {name: value for name, value in headers.items() if value}
                return web.Response(status=self.behaviour.status, headers=given)
            case Mode.HANG:
                await asyncio.Event().wait()
            case Mode.LOSE:
                if request.transport:
                    request.transport.abort()
            case Mode.OK:
                pass
        return good

    def _keep(self, request: web.Request, body: str) -> None:
        entry = {
            "id": request.headers.get("webhook-id", ""),
            "verified": self._verify(request, body),
            "body": json.loads(body),
        }
        self.received.append(entry)
        if self.log:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.news.set()

    def _verify(self, request: web.Request, body: str) -> bool:
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return False
        return True

    async def _received(self, _request: web.Request) -> web.Response:
        return web.json_response(self.received)

    async def _control(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.behaviour = Behaviour(**told | {"mode": Mode(told["mode"])})
        return web.Response(status=204)


async def serve(jupiter: Jupiter, port: int = 0) -> tuple[web.AppRunner, str]:
    """Serve on loopback: what to clean up at the end, and the base URL."""
    runner = web.AppRunner(jupiter.app(), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    jupiter.url = f"{base}/callback"
    return runner, base


async def _main(arguments: argparse.Namespace) -> None:
    jupiter = Jupiter(
        secret=arguments.secret_file.read_text(encoding="utf-8").strip(),
        token=arguments.token,
        log=arguments.received,
        orders=json.loads(arguments.orders.read_text(encoding="utf-8")) if arguments.orders else {},
    )
    runner, url = await serve(jupiter, arguments.port)
    print(f"READY {url}", flush=True)  # noqa: T201
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--secret-file", type=Path, required=True, help="holds the webhook secret (whsec_…)")
    parser.add_argument("--token", default="", help="bearer token that lookups must carry")
    parser.add_argument("--received", type=Path, help="JSON lines file that results are added to")
    parser.add_argument("--orders", type=Path, help="JSON file: {order_id: what a lookup answers}")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
