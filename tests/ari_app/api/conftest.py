from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ari_app.api.callers import Caller
from ari_app.api.dependencies import CallFlow, Dependencies, FlowChange
from ari_app.api.models import Check
from ari_app.api.server import ApiServer, create_api
from ari_app.calls.switch import SwitchError
from ari_app.ops.scopes import Scope
from ari_app.ops.settings import ApiSettings
from ari_app.store.calls import CallStore
from ivr_flows.problems import FlowError, InputError, Problem

TOKEN = "a token"
JUPITER, VIEWER = "jupiter's token", "viewer's token"
CALLERS = (
    Caller("jupiter", JUPITER, frozenset({Scope.CALLS, Scope.READ})),
    Caller("viewer", VIEWER, frozenset({Scope.READ}), masked=True),
)
REQUEST: dict[str, object] = {
    "flow": "vendor_confirmation",
    "to": "+919812345678",
    "language": "hi",
    "inputs": {"order_id": "A17", "total": 450},
    "callback_url": "http://127.0.0.1:9/callback",
    "metadata": {"shift": 2},
}


@dataclass
class OneFlow:
    """A flow that needs a whole total."""

    hash: str = "f00d"
    languages: Sequence[str] = ("hi", "mr", "en")
    leaves_messages: bool = False

    def check_inputs(self, raw: Mapping[str, object]) -> object:
        if not isinstance(raw.get("total"), int):
            raise InputError("total", "whole rupees", raw.get("total"))
        return raw


@dataclass
class Change:
    """A flow before and after."""

    name: str
    before: str
    after: str


class OneFlowCatalog:
    def find(self, name: str) -> CallFlow | None:
        return OneFlow() if name == "vendor_confirmation" else None

    def names(self) -> Sequence[str]:
        return ["vendor_confirmation"]


@dataclass(frozen=True)
class Done:
    """What came of asking a live call."""

    done: bool = True
    error: str = ""


@dataclass(frozen=True)
class NotAllowed:
    """What the policy has against a call."""

    field: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    body: Any
    headers: Mapping[str, str]
    text: str

    @property
    def fields(self) -> list[str]:
        """That are wrong, as a problem names them."""
        return [error["field"] for error in self.body["errors"]]


@dataclass
class Api:
    """A served API, and a client with its token."""

    url: str
    http: aiohttp.ClientSession
    store: CallStore
    queued: list[str] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=lambda: {"store": Check(ok=True, detail="open")})
    problems: list[Problem] = field(default_factory=list)
    """Of the flows file, when it is reloaded."""
    recordings: Path = Path()
    asked: list[tuple[str, str, dict[str, object], str]] = field(default_factory=list)
    """Of live calls: the call, what, its facts, who asked."""
    outcome: Done = Done()
    """What comes of it."""
    on_queued: Callable[[str], Awaitable[None]] | None = None
    """What is done about a call that was queued."""
    refusals: dict[str, NotAllowed] = field(default_factory=dict)
    """What the policy has against numbers."""

    async def send(self, method: str, path: str, *, token: str = TOKEN, **arguments: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}", **arguments.pop("headers", {})}
        async with self.http.request(method, path, headers=headers, **arguments) as response:
            text = await response.text()
            document = json.loads(text) if "json" in response.content_type else {}
            return Answer(response.status, document, dict(response.headers), text)

    async def initiate(self, body: object, **headers: str) -> tuple[int, dict[str, object]]:
        async with self.http.post("/api/voice/call/initiate", json=body, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str) -> tuple[int, dict[str, object]]:
        async with self.http.get(path) as response:
            return response.status, await response.json(content_type=None)


@asynccontextmanager
async def served(folder: Path, settings: Mapping[str, object] | None = None) -> AsyncIterator[Api]:
    """An API over a store in `folder`."""
    store = await CallStore.open(f"sqlite:///{folder}/calls.db", node="node-1")
    usual: dict[str, object] = {"port": 0, "max_body_bytes": 20_000, "max_batch": 50, "request_timeout_s": 5.0}
    api_settings = ApiSettings.model_validate(usual | dict(settings or {}))
    numbers = itertools.count(1)
    api = Api(url="", http=aiohttp.ClientSession(), store=store, recordings=folder / "recordings")

    async def enqueue(call_id: str) -> None:
        api.queued.append(call_id)
        if api.on_queued:
            await api.on_queued(call_id)

    async def health() -> Mapping[str, Check]:
        return api.checks

    async def reload_flows() -> Sequence[FlowChange]:
        if api.problems:
            raise FlowError(api.problems)
        return [Change("vendor_confirmation", "f00d", "beef"), Change("rider", "", "cafe")]

    async def control(call_id: str, kind: str, data: Mapping[str, object], by: str) -> Done:
        api.asked.append((call_id, kind, dict(data), by))
        return api.outcome

    def trunk_of(number: str) -> str:
        if number == "9999":
            raise SwitchError("no trunk reaches 9999")
        return "test-trunk"

    dependencies = Dependencies(
        store=store,
        flows=OneFlowCatalog(),
        reload_flows=reload_flows,
        enqueue=enqueue,
        health=health,
        token=TOKEN,
        new_id=lambda: f"call_{next(numbers)}",
        caller_id="+918040000000",
        callers=CALLERS,
        control=control,
        refuse=lambda call: api.refusals.get(call.to),
        trunk_of=trunk_of,
        node="node-1",
        recordings=api.recordings,
    )
    server = ApiServer(create_api(dependencies, api_settings, version="1.2.3"), api_settings)
    api.url = await server.start()
    await api.http.close()
    async with aiohttp.ClientSession(api.url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        api.http = http
        yield api
    await server.close()
    await store.close()


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with served(tmp_path) as api:
        yield api
