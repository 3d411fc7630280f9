"""The Asterisk process: started or adopted, waited for until ARI answers, watched, and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from ari_app.ops.asterisk.adopting import AdoptedProcess, Started, command_of, forget_started, keep_started
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.run_folder import PreparedAsterisk
from ari_app.ops.logging import get_logger

START_S = 20.0
STOP_S = 5.0
_POLL_S = 0.05
_ASK_S = 1.0
_ADOPT_S = 3.0
_LOG_LINES = 15
_log = get_logger(__name__)


class AsteriskProcess:
    """One Asterisk in the foreground, in a session of its own: Ctrl-C reaches Mercury, which drains before it stops.

    It outlives a Mercury that is killed, with its calls; the next one of the run folder adopts it.
    """

    def __init__(self, prepared: PreparedAsterisk, ari_user: str, ari_password: str) -> None:
        self.prepared = prepared
        self._headers = {"Authorization": aiohttp.encode_basic_auth(ari_user, ari_password)}
        self._process: asyncio.subprocess.Process | AdoptedProcess | None = None
        self._exited: asyncio.Task[int] | None = None
        self.adopted = False
        """Whether the one that runs was there before."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def log_file(self) -> Path:
        """Where Asterisk logs."""
        return self.prepared.folder / "log" / "messages.log"

    async def start(self) -> float:
        """Start, or adopt the one that runs on this configuration; wait until ARI answers. Gives the seconds it took.

        Raises `AsteriskError` with the last lines of its log when it ends or does not answer within 20 s.
        """
        self.prepared.claim.take()
        began = time.monotonic()
        self.adopted = await self._adopt()
        if not self.adopted:
            await stop_orphan(self.prepared.folder)
            await self._launch()
        return time.monotonic() - began

    async def _adopt(self) -> bool:
        """Whether the one that runs could be taken over: it answers."""
        started = self.prepared.adoptable
        if started is None:
            return False
        try:
            process = AdoptedProcess(started.pid)
        except ProcessLookupError:
            return False
        exited = asyncio.create_task(process.wait(), name="asterisk")
        if command_of(started.pid) == started.command and await self._answers_soon():
            self._process, self._exited = process, exited
            _log.info("asterisk.adopted", pid=started.pid)
            return True
        exited.cancel()
        await asyncio.wait({exited})
        return False

    async def _answers_soon(self) -> bool:
        try:
            async with asyncio.timeout(_ADOPT_S):
                await self._ask_until_answered()
        except (TimeoutError, AsteriskError):
            return False
        return True

    async def _launch(self) -> None:
        with self._output_file.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.prepared.command("-f"),
                cwd=self.prepared.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        self._exited = asyncio.create_task(self._process.wait(), name="asterisk")
        try:
            await self._until_ready(self._exited)
        except BaseException:
            await self.stop()
            raise
        keep_started(self.prepared.folder, self._as_started(self._process.pid))

    def _as_started(self, pid: int) -> Started:
        prepared = self.prepared
        return Started(pid, prepared.endpoints, prepared.ari_password_hash, prepared.digest, command_of(pid))

    async def wait(self) -> int:
        """Wait for its end, whatever ends it; gives the exit status (negative: the signal's number)."""
        if self._exited is None:
            raise AsteriskError("Asterisk was not started")
        return await asyncio.shield(self._exited)

    async def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL after 5 s. Idempotent."""
        try:
            if self._process and self._exited:
                await self._end(self._process, self._exited)
                forget_started(self.prepared.folder)
        finally:
            self.prepared.claim.release()

    def complaint(self) -> str:
        """The last lines of its log and output."""
        lines: list[str] = []
        for path in (self.log_file, self._output_file):
            with contextlib.suppress(OSError):
                lines += path.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join(lines)

    @property
    def _output_file(self) -> Path:
        return self.prepared.folder / "log" / "output.log"

    async def _end(self, process: asyncio.subprocess.Process | AdoptedProcess, exited: asyncio.Task[int]) -> None:
        for kind, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(kind)
            await asyncio.wait({exited}, timeout=patience_s)
            if exited.done():
                return
            _log.warning("asterisk.does_not_end", pid=process.pid, signal=kind.name)

    async def _until_ready(self, exited: asyncio.Task[int]) -> None:
        asking = asyncio.create_task(self._ask_until_answered())
        done, _ = await asyncio.wait({exited, asking}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
        if asking in done:
            return asking.result()
        asking.cancel()
        what = f"ended with status {exited.result()}" if exited in done else f"did not answer within {START_S:g} s"
        raise AsteriskError(f"Asterisk {what} on {self.prepared.endpoints.ari_url}:\n{self.complaint()}")

    async def _ask_until_answered(self) -> None:
        limit = aiohttp.ClientTimeout(total=_ASK_S)
        async with aiohttp.ClientSession(headers=self._headers, timeout=limit) as session:
            for _ in range(int(START_S / _POLL_S)):
                if await self._answers(session):
                    return
                await asyncio.sleep(_POLL_S)

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        """Asterisk answers 503 until all modules are loaded."""
        try:
            async with session.get(self.prepared.endpoints.ari_url + "/asterisk/ping") as response:
                if response.status in (401, 403):
                    raise AsteriskError(f"Asterisk refuses its own ARI password ({response.status})")
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


async def stop_orphan(folder: Path) -> int | None:
    """End an Asterisk that an earlier run left behind in this folder (its pid file, its command line); gives its pid.

    It was not adopted: it does not answer, or its configuration is not the one of today.
    """
    pid = running_pid(folder)
    if pid is None:
        return None
    _log.warning("asterisk.orphan_stopped", pid=pid, folder=str(folder))
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, kind)
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline:
            if running_pid(folder) is None:
                return pid
            await asyncio.sleep(_POLL_S)
    raise AsteriskError(f"an earlier Asterisk (pid {pid}) in {folder} does not end: kill it")


def running_pid(folder: Path) -> int | None:
    """The process of the Asterisk that runs on this folder's configuration, if one does."""
    try:
        pid = int((folder / "run" / "asterisk.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if str(folder.absolute() / "asterisk.conf").encode() in command else None
