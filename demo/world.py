"""The demo's world on loopback: a stand-in for Jupiter, Mercury with its Asterisk, and phones that can be called."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from ari_app.ops.asterisk import ensure_asterisk
from ari_app.ops.asterisk.endpoints import free_port
from ari_app.ops.running import Running, read_running
from ari_app.ops.secrets import Secrets, load_secrets, secrets_dir
from ari_app.ops.settings import load_settings
from phones.phone import Line

_START_S = 60.0
_STOP_S = 45.0


class DemoError(Exception):
    """The demo can't go on; the text says why."""


@dataclass(frozen=True, slots=True)
class World:
    """What the scripts of the calls work with."""

    line: Line
    sounds: Path
    running: Running
    jupiter_url: str
    callee_ports: Mapping[str, int]
    """Number → SIP port of the phone that answers there."""
    http: aiohttp.ClientSession
    token: str
    ready_s: float
    """From the start of Mercury to its readiness."""

    async def initiate(self, **body: object) -> str:
        """Have a call made by REST, as Jupiter does; gives its id."""
        body["callback_url"] = f"{self.jupiter_url}/callback"
        document = await self._ask("POST", "/api/voice/call/initiate", json=body)
        return str(document["id"])

    async def call_record(self, call_id: str) -> dict[str, Any]:
        """A call as Mercury has it."""
        return await self._ask("GET", f"/api/voice/calls/{call_id}")

    async def inbound_from(self, caller: str) -> str:
        """The id of the live inbound call from a number."""
        document = await self._ask("GET", "/admin/calls/active")
        found = [call["id"] for call in document["calls"] if call["from"][-4:] == caller[-4:]]
        if len(found) != 1:
            raise DemoError(f"expected one live call from {caller}, found {len(found)}")
        return str(found[0])

    async def ended_call(self, call_id: str, timeout_s: float = 15.0) -> dict[str, Any]:
        """The call's record once it has ended, and its result (where one is due) has arrived."""
        deadline = time.monotonic() + timeout_s
        while True:
            record = await self.call_record(call_id)
            callback = record.get("callback")
            if record["ended_at"] and (callback is None or callback["status"] != "pending"):
                return record
            if time.monotonic() > deadline:
                raise DemoError(f"{call_id} did not end within {timeout_s:g} s: {record['status']}, {callback}")
            await asyncio.sleep(0.1)

    async def results(self) -> list[dict[str, Any]]:
        """What the stand-in for Jupiter received."""
        async with self.http.get(f"{self.jupiter_url}/received") as response:
            document = await response.json()
            return list(document["received"] if isinstance(document, dict) else document)

    async def _ask(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.request(method, self.running.api_url + path, headers=headers, **arguments) as response:
            document: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise DemoError(f"{method} {path}: {response.status}: {json.dumps(document, ensure_ascii=False)}")
            return document


@asynccontextmanager
async def open_world(
    run_dir: Path, numbers: tuple[str, ...], orders: Mapping[str, Mapping[str, object]]
) -> AsyncIterator[World]:
    """Start everything below `run_dir`; stop it at the end, in order. `numbers` are those that can be called."""
    shutil.rmtree(run_dir, ignore_errors=True)
    run_dir.mkdir(parents=True)
    ports = {number: free_port("127.0.0.1") for number in numbers}
    settings_file = _write_settings(run_dir, ports)
    settings = load_settings(settings_file)
    installation = await asyncio.to_thread(ensure_asterisk, settings.cache_dir, settings.asterisk, _say)
    secrets = load_secrets(settings)
    async with _jupiter(run_dir, secrets, orders) as jupiter_url:
        _add_jupiter(settings_file, jupiter_url)
        began = time.monotonic()
        async with _mercury(run_dir, settings_file) as running, aiohttp.ClientSession() as http:
            yield World(
                line=Line(installation),
                sounds=installation.sounds_dir,
                running=running,
                jupiter_url=jupiter_url,
                callee_ports=ports,
                http=http,
                token=secrets.api_token,
                ready_s=time.monotonic() - began,
            )


def _write_settings(run_dir: Path, ports: Mapping[str, int]) -> Path:
    file = run_dir / "mercury.yaml"
    values = {
        "run_dir": str(run_dir),
        "asterisk": {"ari_port": 0, "rtp_start": 0, "rtp_end": 0},
        "sip": {"udp_port": 0, "tcp_port": 0, "tls_port": 0},
        "api": {"port": 0},
        "media": {"record_calls": True},
        "test_trunk": {"contacts": {number: f"127.0.0.1:{port}" for number, port in ports.items()}},
        "log": {"level": "info"},
    }
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def _add_jupiter(settings_file: Path, url: str) -> None:
    values = yaml.safe_load(settings_file.read_text(encoding="utf-8"))
    values["jupiter"] = {"base_url": url}
    values["dialer"] = {"callback_allow": ["127.0.0.1"]}
    settings_file.write_text(yaml.safe_dump(values), encoding="utf-8")


@asynccontextmanager
async def _jupiter(run_dir: Path, secrets: Secrets, orders: Mapping[str, Mapping[str, object]]) -> AsyncIterator[str]:
    orders_file = run_dir / "orders.json"
    orders_file.write_text(json.dumps(orders, ensure_ascii=False), encoding="utf-8")
    arguments = ["--port", "0", "--secret-file", str(secrets_dir(run_dir) / "webhook-secret")]
    arguments += ["--token", secrets.jupiter_token, "--received", str(run_dir / "results.jsonl")]
    arguments += ["--orders", str(orders_file)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.standins.jupiter", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield await _ready_line(process, "the stand-in for Jupiter")
    finally:
        await _stop(process, "the stand-in for Jupiter")


@asynccontextmanager
async def _mercury(run_dir: Path, settings_file: Path) -> AsyncIterator[Running]:
    log = (run_dir / "mercury.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ari_app", "run", "--settings", str(settings_file), stdout=log, stderr=log
    )
    log.close()
    try:
        yield await _until_running(process, run_dir)
    finally:
        await _stop(process, "Mercury")


async def _until_running(process: asyncio.subprocess.Process, run_dir: Path) -> Running:
    deadline = time.monotonic() + _START_S
    while (running := read_running(run_dir)) is None:
        if process.returncode is not None or time.monotonic() > deadline:
            tail = (run_dir / "mercury.log").read_text(errors="replace").splitlines()[-30:]
            raise DemoError("Mercury did not start:\n" + "\n".join(tail))
        await asyncio.sleep(0.05)
    return running


async def _ready_line(process: asyncio.subprocess.Process, name: str) -> str:
    if process.stdout is None:
        raise DemoError(f"{name} has no output")
    async with asyncio.timeout(_START_S):
        line = (await process.stdout.readline()).decode().strip()
    if not line.startswith("READY "):
        raise DemoError(f"{name} did not start: {line!r}")
    return line.removeprefix("READY ")


async def _stop(process: asyncio.subprocess.Process, name: str) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_S):
            status = await process.wait()
    except TimeoutError:
        process.kill()
        raise DemoError(f"{name} did not stop within {_STOP_S:g} s of SIGTERM") from None
    if status not in (0, -signal.SIGTERM):
        raise DemoError(f"{name} ended with status {status}")


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
