"""Every error is a problem; nothing is done without the token."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from ari_app.api.models import Check
from ari_app.api.server import ApiError, ApiServer
from ari_app.ops.settings import ApiSettings
from tests.ari_app.api.conftest import REQUEST, Api, served

INITIATE = "/api/voice/call/initiate"


async def problem(response: aiohttp.ClientResponse) -> dict[str, object]:
    assert response.content_type == "application/problem+json"
    body: dict[str, object] = await response.json(content_type=None)
    assert body["status"] == response.status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/voice/calls/call_0", 404),
        ("GET", "/api/voice/calls/call_0/events", 404),
        ("GET", INITIATE, 405),
        ("DELETE", "/admin/calls/active", 405),
        ("POST", INITIATE, 415),
    ],
)
async def test_refusals_are_problems(api: Api, method: str, path: str, status: int) -> None:
    async with api.http.request(method, path) as response:
        assert response.status == status
        await problem(response)
        assert (status == 405) is ("Allow" in response.headers)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "line 1"),
        (b'{"flow": ', "line 1, column 10"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1e999}', "range"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": "\\ud800"}', "surrogates"),
        (b'{"a": "\xff"}', "utf-8"),
        (b"[" * 16_000, "nested"),
    ],
)
async def test_a_body_that_is_no_json_is_refused(api: Api, body: bytes, why: str) -> None:
    async with api.http.post(INITIATE, data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
        assert why in str((await problem(response))["detail"])


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null"])
async def test_a_body_that_is_no_object_is_refused(api: Api, body: bytes) -> None:
    async with api.http.post(INITIATE, data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 422
        await problem(response)


async def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    async with api.http.post(INITIATE, json=REQUEST | {"metadata": {"a": "x" * 25_000}}) as response:
        assert response.status == 413
        await problem(response)


async def test_a_body_that_does_not_arrive_is_given_up(tmp_path: Path) -> None:
    async with served(tmp_path, {"request_timeout_s": 0.3}) as api:
        await _send_half(api)


async def _send_half(api: Api) -> None:
    address = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST {INITIATE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a token\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
    )
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic a token", "Bearer a token2", "Bearer ü"]
)
async def test_without_the_token_nothing_is_done_or_told(api: Api, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with aiohttp.ClientSession(api.url, headers=headers) as http:
        for path in ("/api/voice/calls/call_0", "/admin/calls/active", "/nowhere"):
            async with http.get(path) as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"] == "Bearer"
                await problem(response)
        async with http.post(INITIATE, json=REQUEST) as response:
            assert response.status == 401
    assert await api.store.list_recent() == []


async def test_health_needs_no_token(api: Api) -> None:
    async with aiohttp.ClientSession(api.url) as http:
        async with http.get("/healthz") as response:
            assert response.status == 200
            assert await response.json() == {"ok": True, "checks": {"store": {"ok": True, "detail": "open"}}}
        api.checks["ari"] = Check(ok=False, detail="not connected")
        async with http.get("/healthz") as response:
            assert response.status == 503
            assert (await response.json())["checks"]["ari"] == {"ok": False, "detail": "not connected"}


async def test_no_202_without_a_commit(tmp_path: Path) -> None:
    async with served(tmp_path, {"request_timeout_s": 0.3}) as api:
        holder = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        async with api.http.post(INITIATE, json=REQUEST) as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "1"
            await problem(response)
        assert api.queued == []
        holder.execute("ROLLBACK")
        holder.close()


async def test_an_unexpected_error_tells_nothing_of_ours(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_call_id: str) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(api.store, "get", fail)
    async with api.http.get("/api/voice/calls/call_1") as response:
        assert response.status == 500
        assert "secret" not in str(await problem(response))


async def test_a_port_that_is_taken_is_a_clear_error(api: Api) -> None:
    settings = ApiSettings.model_validate({"port": urlsplit(api.url).port})
    server = ApiServer(web.Application(), settings)
    with pytest.raises(ApiError, match=r"can't listen .* set api\.port"):
        await server.start()
