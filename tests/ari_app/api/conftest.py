from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from ari_app.api.dependencies import CallFlow, Dependencies, FlowChange
from ari_app.api.models import Check
from ari_app.api.server import ApiServer, create_api
from ari_app.ops.settings import ApiSettings
from ari_app.store.calls import CallStore
from ivr_flows.problems import FlowError, InputError, Problem

TOKEN = "a token"
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

    async def initiate(self, body: object, **headers: str) -> tuple[int, dict[str, object]]:
        async with self.http.post("/api/voice/call/initiate", json=body, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str) -> tuple[int, dict[str, object]]:
        async with self.http.get(path) as response:
            return response.status, await response.json(content_type=None)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    store = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="node-1")
    settings = ApiSettings.model_validate({"port": 0, "max_body_bytes": 20_000, "request_timeout_s": 1.0})
    queued: list[str] = []
    checks = {"store": Check(ok=True, detail="open")}
    numbers = itertools.count(1)

    async def enqueue(call_id: str) -> None:
        queued.append(call_id)

    async def health() -> Mapping[str, Check]:
        return checks

    async def reload_flows() -> Sequence[FlowChange]:
        if problems:
            raise FlowError(problems)
        return [Change("vendor_confirmation", "f00d", "beef"), Change("rider", "", "cafe")]

    problems: list[Problem] = []
    dependencies = Dependencies(
        store=store,
        flows=OneFlowCatalog(),
        reload_flows=reload_flows,
        enqueue=enqueue,
        health=health,
        token=TOKEN,
        new_id=lambda: f"call_{next(numbers)}",
        caller_id="+918040000000",
    )
    server = ApiServer(create_api(dependencies, settings, version="1.2.3"), settings)
    url = await server.start()
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        yield Api(url, http, store, queued, checks, problems)
    await server.close()
    await store.close()
