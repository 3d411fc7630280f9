"""A whole Mercury as a process of its own, as `mercury run` starts it, with Jupiter's stand-in and phones around it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import yaml

from ari_app.ops.asterisk import Installation
from ari_app.ops.asterisk.process import running_pid
from ari_app.ops.running import Running, read_running
from ari_app.ops.secrets import Secrets, load_secrets
from ari_app.ops.settings import load_settings
from phones.phone import Line, Phone
from phones.sipp import free_port
from tests.asterisk.zygote import Life, Zygote
from tests.running_asterisk import listening
from tests.standins.jupiter import Jupiter, serve

SUPPORT = "+918047112233"
ORDERS: Mapping[str, Mapping[str, object]] = {"5001": {"status": "on_the_way", "minutes": 12}}
VENDOR = {"vendor": "Asha Kitchen", "items": ["two paneer tikka"], "total": "485.50"}
_START_S = 150.0
_STOP_S = 40.0
_LOOK_S = 0.03
_CALLEES = 24
_T = TypeVar("_T")
_serial = itertools.count(1)


async def until(look: Callable[[], Awaitable[_T | None]], what: str, timeout_s: float = 10.0) -> _T:
    """What `look` gives as soon as it is true. `TimeoutError` says what was expected, and what there was instead."""
    deadline = time.monotonic() + timeout_s
    while not (found := await look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"expected {what} within {timeout_s:g} s, found {found!r}")
        await asyncio.sleep(_LOOK_S)
    return found


class Backend:
    """The stand-in for Jupiter; it can go away, and come back where it was."""

    def __init__(self, secrets: Secrets) -> None:
        self.jupiter = Jupiter(secrets.webhook_secret, secrets.jupiter_token, orders=ORDERS)
        self._port = free_port("127.0.0.1")
        self._runner: aiohttp.web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def come(self) -> None:
        self._runner, _ = await serve(self.jupiter, self._port)

    async def go(self) -> None:
        """Nothing listens any more."""
        if self._runner:
            await self._runner.cleanup()

    def results(self, call_id: str) -> list[dict[str, Any]]:
        """What came of a call's result, repeats too."""
        return [entry for entry in self.jupiter.received if entry["body"]["data"]["call_id"] == call_id]


class Mercury:
    """One Mercury. Its settings are those of a production node, with all ports free ones and short waits."""

    def __init__(
        self, run_dir: Path, installation: Installation, changes: Mapping[str, Mapping[str, Any] | str] | None = None
    ) -> None:
        self.run_dir = run_dir
        self.line = Line(installation, timeout_s=15)
        self.sounds = installation.sounds_dir
        self.ports = {f"+9198450{number:05d}": free_port("127.0.0.1") for number in range(_CALLEES)}
        self._numbers = itertools.cycle(self.ports)
        self._file = run_dir / "mercury.yaml"
        self._file.write_text(yaml.safe_dump(_settings(run_dir, self.ports, changes or {})), encoding="utf-8")
        self.settings = load_settings(self._file)
        self.secrets = load_secrets(self.settings)
        self.backend = Backend(self.secrets)
        self.program: tuple[str, ...] = ("ari_app",)
        """The module that is run, and arguments before the command's own."""
        self.supervised = False
        """Whether it is started again after a crash."""
        self.running: Running
        self.ari_url = ""
        """Asterisk's, where it is another than Mercury's settings say."""
        self.zygote: Zygote | None = None
        """Where lives are to be short: what forks them, in the place of an interpreter for each."""
        self._process: asyncio.subprocess.Process | Life | None = None
        self._http: aiohttp.ClientSession | None = None

    # -- its life

    async def spawn(self) -> None:
        """Start the process; a log of an earlier life goes on."""
        values = yaml.safe_load(self._file.read_text(encoding="utf-8"))
        values["jupiter"] = {"base_url": self.backend.url}
        self._file.write_text(yaml.safe_dump(values), encoding="utf-8")
        (self.run_dir / "running.json").unlink(missing_ok=True)
        arguments = ("run", *(() if self.supervised else ("--alone",)), "--settings", str(self._file))
        if self.zygote:
            self._process = await self.zygote.spawn(self.program, arguments, str(self.log_file))
            return
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self.program, *arguments), stdout=log, stderr=log
            )

    async def up(self) -> None:
        """Wait until a started Mercury takes calls."""
        self.running = await until(self._is_up, "Mercury's running.json", _START_S)

    async def open(self) -> None:
        """Start the backend and Mercury, and wait until it takes calls."""
        self._http = aiohttp.ClientSession()
        await self.backend.come()
        await self.spawn()
        await self.up()

    async def close(self) -> None:
        """Stop Mercury as an operator does, if it runs, then the backend."""
        try:
            assert await self.stop() in (None, 0), self.log()[-3000:]
        finally:
            if self._process and self._process.returncode is None:
                self._process.kill()
            if left := running_pid(self.run_dir / "asterisk"):
                os.kill(left, signal.SIGKILL)
            await self.backend.go()
            if self._http:
                await self._http.close()

    async def stop(self) -> int | None:
        """SIGTERM; gives the exit status (None: it did not run)."""
        if self._process is None or self._process.returncode is not None:
            return None
        self._process.send_signal(signal.SIGTERM)
        return await self.exited()

    async def exited(self) -> int:
        """Its exit status, once it has ended."""
        assert self._process, "Mercury was not started"
        async with asyncio.timeout(_STOP_S):
            return await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def crash(self) -> None:
        """SIGKILL to the worker of a supervised one, and wait until the next takes calls."""
        before = self.pid
        os.kill(before, signal.SIGKILL)
        await self.restarted(before)

    async def restarted(self, before: int) -> None:
        """Wait until another worker than this one takes calls."""

        async def look() -> Running | None:
            running = await self._is_up()
            return running if running and running.pid != before else None

        self.running = await until(look, "the Mercury after the crash", _START_S)

    @property
    def pid(self) -> int:
        """The process that has the calls."""
        assert self._process, "Mercury was not started"
        return self.running.pid if self.supervised else self._process.pid

    @property
    def log_file(self) -> Path:
        return self.run_dir / "mercury.log"

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of the log that tell of an event."""
        lines = (json.loads(line) for line in self.log().splitlines() if line.startswith("{"))
        return [line for line in lines if line.get("event") == event]

    def errors(self) -> list[str]:
        """Everything in the log that is an error, or no line of the log at all (a traceback)."""
        return [line for line in self.log().splitlines() if '"level": "error"' in line or line.startswith("Traceback")]

    # -- phones

    async def dial(self, caller: str = "", *, to: str = SUPPORT) -> Phone:
        """Somebody calls in over the test trunk, each with a number of their own."""
        return await Phone.call(self.line, f"sip:{to}@{self.running.sip_udp}", caller=caller or new_number())

    async def callee(self) -> tuple[str, Phone]:
        """A phone that can be called, and its number."""
        number = self.next_number()
        return number, await Phone.listen(self.line, sip_port=self.ports[number], name=number)

    def next_number(self) -> str:
        """A number that can be called, at the port `ports` gives."""
        return next(self._numbers)

    # -- calls, as the backend and an operator see them

    async def initiate(self, to: str, flow: str = "vendor_confirmation", **body: object) -> str:
        """Have a vendor called with an order of its own; gives the call's id."""
        inputs = {"order_id": str(7000 + next(_serial)), **VENDOR}
        asked = {"language": "en", "inputs": inputs, "callback_url": f"{self.backend.url}/callback", **body}
        accepted = await self.api("POST", "/api/voice/call/initiate", json={"flow": flow, "to": to, **asked})
        return str(accepted["id"])

    async def call_from(self, caller: str) -> str:
        """The id of the call that came from a number, live or ended."""

        async def look() -> str:
            with closing(sqlite3.connect(f"file:{self.run_dir}/mercury.db?mode=ro", uri=True)) as database:
                row = database.execute("SELECT id FROM calls WHERE caller = ?", (caller,)).fetchone()
            return str(row[0]) if row else ""

        return await until(look, f"a call from {caller} on record")

    async def record(self, call_id: str) -> dict[str, Any]:
        """The call as the REST interface shows it."""
        return await self.api("GET", f"/api/voice/calls/{call_id}")

    async def ended(self, call_id: str, timeout_s: float = 15.0) -> dict[str, Any]:
        """The call's record once it has ended, and its result, where one is due, has arrived."""

        async def look() -> dict[str, Any] | None:
            record = await self.record(call_id)
            waits = record["callback"] and record["callback"]["status"] == "pending"
            return record if record["ended_at"] and not waits else None

        return await until(look, f"the end of {call_id}", timeout_s)

    async def noted(self, call_id: str, kind: str, timeout_s: float = 10.0, **data: object) -> dict[str, Any]:
        """The first line of a call's history of a kind (with these data), once there is one."""

        async def look() -> dict[str, Any] | None:
            return next(
                (line for line in history(await self.record(call_id), kind) if data.items() <= line.items()), None
            )

        return await until(look, f"{kind} {data or ''} in the history of {call_id}", timeout_s)

    async def api(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Ask Mercury's REST interface."""
        headers = {"Authorization": f"Bearer {self.secrets.api_token}"}
        answer = await self._ask(method, self.running.api_url + path, headers=headers, **arguments)
        assert isinstance(answer, dict)
        return answer

    async def health(self) -> dict[str, Any]:
        """What /healthz says, be it 200 or 503."""
        assert self._http, "Mercury was not opened"
        async with self._http.get(self.running.api_url + "/healthz") as response:
            health: dict[str, Any] = await response.json()
            return health

    async def ari(self, path: str, method: str = "GET") -> Any:
        """Ask Asterisk itself."""
        user, password = self.settings.asterisk.ari_user, self.secrets.ari_password
        headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}
        return await self._ask(method, (self.ari_url or self.running.ari_url) + path, headers=headers)

    async def left_in_asterisk(self) -> list[str]:
        """Ids of all channels and bridges."""
        return [str(each["id"]) for what in ("/channels", "/bridges") for each in await self.ari(what)]

    async def is_idle(self, timeout_s: float = 8.0) -> None:
        """Wait until nothing of any call is left: in Asterisk, on record, or as an open RTP port."""
        left: list[object] = []

        async def look() -> bool:
            active = (await self.api("GET", "/admin/calls/active"))["calls"]
            left[:] = [*await self.left_in_asterisk(), *active, *listening(self.pid, "udp")]
            return not left

        try:
            await until(look, "nothing left of any call", timeout_s)
        except TimeoutError as error:
            raise AssertionError(f"{error}: {left}") from error

    async def _is_up(self) -> Running | None:
        assert self._process, "Mercury was not started"
        assert self._process.returncode is None, f"Mercury ended:\n{self.log()[-3000:]}"
        return read_running(self.run_dir)

    async def _ask(self, method: str, url: str, **arguments: Any) -> Any:
        assert self._http, "Mercury was not opened"
        async with self._http.request(method, url, **arguments) as response:
            answer = await response.json() if response.content_length else None
            assert response.status < 400, f"{method} {url}: {response.status}: {answer}"
            return answer


def history(record: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The lines of a call's history of one kind: their data, in order of time."""
    lines = [dict(event["data"]) for event in record["events"] if event["kind"] == kind]
    return sorted(lines, key=lambda line: int(line.get("ms", 0)))


def spoken(record: Mapping[str, Any]) -> str:
    """All that the person heard of the agent."""
    return " ".join(str(line["text"]) for line in history(record, "said"))


def new_number() -> str:
    """A number that no other call of this run has."""
    return f"+9198123{next(_serial):05d}"


def _settings(
    run_dir: Path, ports: Mapping[str, int], changes: Mapping[str, Mapping[str, Any] | str]
) -> dict[str, dict[str, Any] | str]:
    values: dict[str, dict[str, Any]] = {
        "asterisk": {"ari_port": 0, "rtp_start": 0, "rtp_end": 0},
        "sip": {"udp_port": 0, "tcp_port": 0, "tls_port": 0},
        "api": {"port": 0},
        "media": {"max_calls": 60, "lost_after_s": 4.0, "refuse_late_ms": 0},
        "test_trunk": {"contacts": {number: f"127.0.0.1:{port}" for number, port in ports.items()}},
        "dialer": {
            "ring_s": 5,
            "calls_per_second": 20,
            "queue_poll_s": 0.1,
            "callback_retry_s": [0.3] * 100,
            "callback_allow": ["127.0.0.1"],
        },
        "policy": {"purposes": {"service": {"hours": "00:00-24:00", "caller_ids": ["*"]}}},
        "log": {"reveal": True},
    }
    plain: dict[str, str] = {"run_dir": str(run_dir)}
    for section, changed in changes.items():
        if isinstance(changed, str):
            plain[section] = changed
        else:
            values[section] = {**values.get(section, {}), **changed}
    return {**plain, **values}
