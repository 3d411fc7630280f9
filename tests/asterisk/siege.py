"""A Mercury that is harmed on purpose: an Asterisk that outlives it, phones that count their rings, orders that are
posted again and again until they are accepted; and what must be true of all of it in the end."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import psycopg

from ari_app.ops.asterisk import Installation
from phones.sipp import free_port
from tests.asterisk.callees import Callee, Callees, Script
from tests.asterisk.mercury import Mercury, until
from tests.asterisk.proxy import Proxy
from tests.asterisk.tones import CONFIRMED, FLOW, QUESTION, UNRECORDED, write_flows
from tests.asterisk.zygote import Zygote
from tests.running_asterisk import RunningAsterisk, start_asterisk

NUMBERS = 60
_POST_S = 20.0
_PATIENCE_S = 60.0


@dataclass
class Order:
    """One order as the backend has it placed: its key, and the call that it became."""

    key: str
    number: str
    body: Mapping[str, Any]
    call_id: str = ""
    refusals: Counter[int] = field(default_factory=Counter)
    """Answers other than 202, by status; 0: none came."""
    accepted_at: float = 0.0
    """Monotonic, of the first 202."""
    unkind: int = 0
    """503s that did not say when to come back."""


async def confirms(call: Callee) -> None:
    """A vendor who picks up, presses 1 whenever the question is put, and listens to the end."""
    call.ring()
    await asyncio.sleep(0.1)
    if call.ended.is_set():
        return
    call.pick_up()
    while (tone := await call.tone()) != CONFIRMED:
        if tone == QUESTION:
            await call.press("1")
    await call.ended.wait()


def light(
    folder: Path, contacts: Mapping[str, str], question_s: float, **sections: Mapping[str, Any] | str
) -> dict[str, Any]:
    """Settings of a Mercury that starts fast: no model is loaded, for nothing is said or understood but keys."""
    changes: dict[str, Any] = {
        "flows": str(write_flows(folder / "flows", question_s=question_s)),
        "engines": {"recognisers": [], "synthesisers": [], "minds": []},
        "test_trunk": {"contacts": dict(contacts)},
        "flights": {"enabled": False},
        "api": {"port": 0, "request_timeout_s": 15},
        "dialer": {
            "ring_s": 8,
            "calls_per_second": 50,
            "max_concurrent": 50,
            "queue_poll_s": 0.1,
            "sweep_s": 1.0,
            "callback_retry_s": [0.3] * 400,
            "callback_timeout_s": 2.0,
        },
    }
    return _merged(changes, sections)


def _merged(sections: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(sections)
    for section, changed in changes.items():
        known = merged.get(section)
        merged[section] = {**known, **changed} if isinstance(known, dict) and isinstance(changed, Mapping) else changed
    return merged


class Siege:
    """One Asterisk, its phones, the backend, and a Mercury beside them. `async with await Siege.begin(…) as siege:`"""

    def __init__(self, asterisk: RunningAsterisk, callees: Callees, mercury: Mercury, proxy: Proxy | None) -> None:
        self.asterisk = asterisk
        self.callees = callees
        self.mercury = mercury
        self.proxy = proxy
        self.orders: list[Order] = []
        self._numbers = iter(mercury.settings.test_trunk.contacts)
        self._stack = AsyncExitStack()
        self._http: aiohttp.ClientSession
        self._folder: Path
        self._sections: dict[str, Any]

    @classmethod
    async def begin(
        cls,
        folder: Path,
        installation: Installation,
        script: Script = confirms,
        *,
        numbers: int = NUMBERS,
        question_s: float = 0.5,
        through_proxy: bool = False,
        forked: bool = False,
        program: tuple[str, ...] = ("ari_app",),
        **sections: Mapping[str, Any] | str,
    ) -> Self:
        """Start everything but Mercury."""
        asterisk = await start_asterisk(folder / "asterisk", installation, {"media": {"max_calls": 60}})
        callees = Callees(script)
        endpoints = asterisk.endpoints
        proxy = Proxy((endpoints.ari_host, endpoints.ari_port), free_port("127.0.0.1")) if through_proxy else None
        beside = {
            "asterisk": {
                "managed": False,
                "ari_port": proxy.port if proxy else endpoints.ari_port,
                "ari_password": asterisk.secrets.ari_password,
            },
            "sip": {name: getattr(endpoints, name) for name in ("udp_port", "tcp_port", "tls_port")},
        }
        (folder / "mercury").mkdir()
        changes = light(folder, callees.contacts(numbers), question_s, **_merged(beside, sections))
        mercury = Mercury(folder / "mercury", installation, changes)
        mercury.ari_url = endpoints.ari_url
        mercury.program = program
        mercury.zygote = Zygote() if forked else None
        siege = cls(asterisk, callees, mercury, proxy)
        siege._folder, siege._sections = folder, changes
        await siege._open()
        return siege

    async def _open(self) -> None:
        stack = self._stack
        stack.push_async_callback(self.asterisk.process.stop)
        if self.proxy:
            await self.proxy.mend()
            stack.callback(self.proxy.cut)
        await self.callees.open()
        stack.push_async_callback(self.callees.close)
        await self.mercury.backend.come()
        stack.push_async_callback(self.mercury.backend.go)
        self._http = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_POST_S))
        )
        if self.mercury.zygote:
            await self.mercury.zygote.open()
            stack.push_async_callback(self.mercury.zygote.close)
        stack.push_async_callback(self.mercury.kill)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def peer(self, node: str, installation: Installation) -> Mercury:
        """Another node: an Asterisk and a Mercury of its own, on the same records; not started yet."""
        asterisk = await start_asterisk(self._folder / f"asterisk-{node}", installation, {"media": {"max_calls": 60}})
        self._stack.push_async_callback(asterisk.process.stop)
        endpoints = asterisk.endpoints
        sections = _merged(
            self._sections,
            {
                "node": node,
                "asterisk": {
                    "managed": False,
                    "ari_port": endpoints.ari_port,
                    "ari_password": asterisk.secrets.ari_password,
                },
                "sip": {name: getattr(endpoints, name) for name in ("udp_port", "tcp_port", "tls_port")},
            },
        )
        folder = self._folder / node
        folder.mkdir()
        shutil.copytree(self.mercury.run_dir / "secrets", folder / "secrets")
        mercury = Mercury(folder, installation, sections)
        mercury.ari_url = endpoints.ari_url
        mercury.program = self.mercury.program
        mercury.zygote = self.mercury.zygote
        mercury.backend = self.mercury.backend
        self._stack.push_async_callback(mercury.kill)
        return mercury

    async def up(self, mercury: Mercury | None = None) -> None:
        """Start Mercury (or another node), and wait until it takes calls."""
        mercury = mercury or self.mercury
        await mercury.spawn()
        await mercury.up()

    # -- orders

    def order(self, number: str = "", **body: Any) -> Order:
        """An order of its own, to a number of its own unless one is given; not posted yet."""
        serial = len(self.orders) + 1
        to = number or next(self._numbers)
        asked = {
            "flow": FLOW,
            "to": to,
            "language": "en",
            "inputs": {"order_id": str(10_000 + serial)},
            "callback_url": f"{self.mercury.backend.url}/callback",
            **body,
        }
        order = Order(f"order-{serial}", to, asked)
        self.orders.append(order)
        return order

    async def post(self, order: Order, mercury: Mercury | None = None) -> bool:
        """Post it once; whether it is accepted."""
        to = mercury or self.mercury
        headers = {"Authorization": f"Bearer {to.secrets.api_token}", "Idempotency-Key": order.key}
        url = f"{to.running.api_url}/api/voice/call/initiate"
        try:
            async with self._http.post(url, json=order.body, headers=headers) as response:
                answer = await response.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            order.refusals[0] += 1
            return False
        assert response.status in (202, 429) or response.status >= 500, f"{order.key} was refused for good: {answer}"
        if response.status != 202:
            order.refusals[response.status] += 1
            order.unkind += response.status == 503 and "Retry-After" not in response.headers
            return False
        assert order.call_id in ("", answer["id"]), f"{order.key} became two calls: {order.call_id}, {answer['id']}"
        order.call_id = answer["id"]
        order.accepted_at = order.accepted_at or time.monotonic()
        return True

    async def post_batch(self, orders: Sequence[Order]) -> None:
        """Post them in one request."""
        to = self.mercury
        headers = {"Authorization": f"Bearer {to.secrets.api_token}"}
        body = {"calls": [{**order.body, "idempotency_key": order.key} for order in orders]}
        url = f"{to.running.api_url}/api/voice/call/initiate"
        async with self._http.post(url, json=body, headers=headers) as response:
            answer = await response.json()
        assert response.status == 202, answer
        for order, taken in zip(orders, answer["calls"], strict=True):
            order.call_id, order.accepted_at = taken["id"], time.monotonic()

    async def switch_dialling(self, on: bool) -> None:
        """The kill switch: returns once it is answered."""
        to = self.mercury
        headers = {"Authorization": f"Bearer {to.secrets.api_token}"}
        body = {"on": on, "reason": "the test's"}
        async with self._http.put(f"{to.running.api_url}/admin/dialling", json=body, headers=headers) as response:
            assert response.status == 200, await response.text()

    async def post_all(self, orders: Sequence[Order]) -> None:
        """Post them at once, each as often as it takes."""
        left = [order for order in orders if not order.call_id]
        while left:
            taken = await asyncio.gather(*map(self.post, left))
            left = [order for order, done in zip(left, taken, strict=True) if not done]
            if left:
                await asyncio.sleep(0.2)

    # -- the truth

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the store holds, whatever database it is in."""
        if self.mercury.settings.store_url:
            with psycopg.connect(self.mercury.settings.store_url) as server:
                return [tuple(row) for row in server.execute(query.encode()).fetchall()]
        file = self.mercury.run_dir / "mercury.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
            return [tuple(row) for row in database.execute(query).fetchall()]

    async def ended(self, orders: Sequence[Order], timeout_s: float = 30.0) -> None:
        """Wait until these orders' calls have ended."""
        ids = {order.call_id for order in orders}

        async def look() -> bool:
            return ids.isdisjoint(row[0] for row in self.rows("SELECT id FROM calls WHERE ended_at IS NULL"))

        await until(look, "the end of all calls", timeout_s)

    async def settled(self, timeout_s: float = _PATIENCE_S) -> None:
        """Wait until every accepted order has ended, and its results have arrived."""

        async def look() -> bool:
            open_calls = self.rows("SELECT count(*) FROM calls WHERE ended_at IS NULL")[0][0]
            open_results = self.rows("SELECT count(*) FROM callbacks WHERE status = 'pending'")[0][0]
            return not (open_calls or open_results)

        try:
            await until(look, "an end to all calls and deliveries", timeout_s)
        except TimeoutError as error:
            waits = self.rows("SELECT id, status, due_at, attempt_no, reason FROM calls WHERE ended_at IS NULL")
            sends = self.rows("SELECT id, status, attempts, last_error FROM callbacks WHERE status = 'pending'")
            raise AssertionError(f"{error}: {waits[:5]} {sends[:5]}\n{self.mercury.log()[-3000:]}") from error

    def results(self, call_id: str) -> dict[str, list[dict[str, Any]]]:
        """A call's results as the backend got them, by message id: several entries are repetitions of one."""
        found: dict[str, list[dict[str, Any]]] = {}
        for entry in self.mercury.backend.results(call_id):
            found.setdefault(entry["id"], []).append(entry)
        return found

    def judge(self, orders: Sequence[Order] | None = None) -> Judgement:
        """What is wrong, and what there was: of these orders, or of all."""
        return _judge(self, self.orders if orders is None else orders)


@dataclass
class Judgement:
    """What came of a siege. `wrong` is empty when every promise was kept."""

    wrong: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    rings: int = 0
    attempts: int = 0
    said: int = 0
    """Confirmations that a phone heard."""
    deliveries: int = 0

    @property
    def figures(self) -> dict[str, Any]:
        """For the report."""
        return {
            "rings": self.rings,
            "attempts": self.attempts,
            "confirmations heard": self.said,
            "deliveries": self.deliveries,
            "outcomes": dict(self.outcomes),
        }


def _judge(siege: Siege, orders: Sequence[Order]) -> Judgement:
    found = Judgement()
    calls = {row[0]: row[1:] for row in siege.rows("SELECT id, to_number, status, outcome, ended_at FROM calls")}
    dialled = Counter(row[0] for row in siege.rows("SELECT number FROM attempts WHERE dialled_at IS NOT NULL"))
    decided = {row[0]: row[1] for row in siege.rows("SELECT call_id, outcome FROM decisions")}
    for number in sorted({order.number for order in orders}):
        rings = len(siege.callees.calls.get(number, ()))
        found.rings += rings
        found.attempts += dialled[number]
        if rings > dialled[number]:
            found.wrong.append(f"{number} rang {rings} times for {dialled[number]} attempts")
    for order in orders:
        if order.call_id:
            found.wrong += _judge_order(siege, order, calls, decided, found)
    strangers = set(calls) - {order.call_id for order in siege.orders}
    found.wrong += [f"{call} is no order's" for call in sorted(strangers)]
    found.wrong += [
        f"{entry['id']} was not signed" for entry in siege.mercury.backend.jupiter.received if not entry["verified"]
    ]
    return found


def _judge_order(
    siege: Siege, order: Order, calls: Mapping[str, tuple[Any, ...]], decided: Mapping[str, str], found: Judgement
) -> list[str]:
    if order.call_id not in calls:
        return [f"{order.key} was accepted as {order.call_id}, which is not on record"]
    _, status, outcome, ended_at = calls[order.call_id]
    wrong = [] if ended_at else [f"{order.call_id} has not ended: {status}"]
    found.outcomes[outcome or status] += 1
    results = siege.results(order.call_id)
    found.deliveries += sum(map(len, results.values()))
    bodies = {json.dumps(entry["body"], sort_keys=True) for entries in results.values() for entry in entries}
    told = {entry["body"]["data"]["outcome"] for entries in results.values() for entry in entries}
    if len(results) != 1 or len(bodies) != 1:
        wrong.append(f"{order.call_id} has {len(results)} results of {len(bodies)} contents: {told}")
    stands = decided.get(order.call_id, outcome)
    if told != {outcome} or stands != outcome:
        wrong.append(f"{order.call_id}: {told} was told, {outcome!r} is on record, {stands!r} was decided")
    heard = [call for call in siege.callees.calls.get(order.number, ()) if CONFIRMED in call.heard]
    found.said += len(heard)
    if heard and outcome != "confirmed":
        wrong.append(f"{order.call_id}: its phone heard that it is confirmed, but it is {outcome!r}")
    if outcome == "confirmed" and _heard(siege, order, UNRECORDED):
        wrong.append(f"{order.call_id}: its phone heard that nothing was recorded, but it is confirmed")
    if len(heard) > 1:
        wrong.append(f"{order.call_id}: it was confirmed on {len(heard)} calls")
    return wrong


def _heard(siege: Siege, order: Order, tone: int) -> bool:
    return any(tone in call.heard for call in siege.callees.calls.get(order.number, ()))


@asynccontextmanager
async def besieged(
    folder: Path, installation: Installation, script: Script = confirms, **options: Any
) -> AsyncIterator[Siege]:
    """A siege whose Mercury runs."""
    async with await Siege.begin(folder, installation, script, **options) as siege:
        await siege.up()
        yield siege
