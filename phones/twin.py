"""A SIPp process, and the socket over which its scenario reports and is told what to do (SIPp's `-3pcc` commands)."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from phones.errors import PhoneError

END = b"\x1b"
"""Ends a command."""
_LONGEST_COMMAND = 2**16


class Twin:
    """One SIPp. `on_command` is called for each command, `on_exit` once with its exit status (on the loop)."""

    def __init__(
        self,
        prefix: str,
        on_command: Callable[[str], None],
        on_exit: Callable[[int], None],
        *,
        start_s: float,
        exit_s: float,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=prefix))
        """Where it runs, and what it reads and writes is."""
        self._on_command = on_command
        self._on_exit = on_exit
        self._start_s = start_s
        self._exit_s = exit_s
        self._writer: asyncio.StreamWriter | None = None
        self._connected = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, once it was started."""
        return self._process.pid if self._process else None

    async def listen(self, limit: int = _LONGEST_COMMAND) -> int:
        """Open the socket; its port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=limit)
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, command: Sequence[str]) -> None:
        """Start SIPp in its folder, and wait until it is connected.

        Raises `PhoneError` with what SIPp said, when it does not start.
        """
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        self._watch = asyncio.create_task(self._watch_exit(self._process))
        connected = asyncio.create_task(self._connected.wait())
        try:
            await asyncio.wait({connected, self._watch}, timeout=self._start_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            connected.cancel()
        if not self._connected.is_set():
            said = self.complaint() or "it said nothing"
            raise PhoneError(f"SIPp did not start (within {self._start_s:g} s): {said}")

    def send(self, command: str) -> None:
        """Send a command. Raises `PhoneError` when SIPp is gone."""
        if self._writer is None or self._writer.is_closing():
            raise PhoneError(f"SIPp has ended already: {self.complaint() or 'without complaint'}")
        self._writer.write(command.encode() + END)

    def signal(self, number: int) -> None:
        """Send the process a signal, if it runs."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)

    def complaint(self) -> str:
        """What SIPp said on its standard error and in its error log, the last lines of it."""
        texts = [
            path.read_text(encoding="utf-8", errors="replace")
            for name in ("stderr", "errors.log")
            if (path := self.folder / name).exists()
        ]
        lines = [line.strip() for line in "\n".join(texts).splitlines() if line.strip()]
        return " | ".join(lines[-4:])

    async def close(self) -> None:
        """End it, whatever it does, and remove its files. Idempotent."""
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()
        if self._process is not None and self._watch is not None:
            await asyncio.wait({self._watch}, timeout=self._exit_s)
            if not self._watch.done():
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
            await self._watch
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._connected.set()
        try:
            while True:
                self._on_command((await reader.readuntil(END))[:-1].decode("utf-8", errors="replace"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _watch_exit(self, process: asyncio.subprocess.Process) -> None:
        self._on_exit(await process.wait())
