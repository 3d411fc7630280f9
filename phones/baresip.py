"""A call by baresip, a softphone of its own kin: the client that speaks TLS and SDES (RFC 4568), as SIPp can't.

It is run headless: `aufile` is its microphone (a WAV) and its loudspeaker (another), `ctrl_tcp` its buttons.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from phones.errors import CallEndedError, PhoneError, PhoneTimeoutError
from phones.programs import Programs
from phones.sipp import free_port

_START_S = 10.0
_EXIT_S = 3.0
_MODULES = ("g711", "aufile", "srtp")
_APPLICATIONS = ("account", "menu", "ctrl_tcp")
ESTABLISHED, ENCRYPTED, CLOSED = "CALL_ESTABLISHED", "CALL_MENC", "CALL_CLOSED"


@dataclass(frozen=True, slots=True)
class SoftphoneLine:
    """What a softphone needs: `modules_dir` is baresip's, `media_encryption` its mediaenc ("" for none)."""

    programs: Programs
    modules_dir: Path
    host: str = "127.0.0.1"
    transport: str = "tls"
    media_encryption: str = "srtp-mand"
    timeout_s: float = 20.0


class Softphone:
    """One baresip with one call. Made by `Softphone.call`; closed by leaving `async with`."""

    def __init__(self, line: SoftphoneLine) -> None:
        self._line = line
        self._folder = Path(tempfile.mkdtemp(prefix="softphone-"))
        self._events: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def call(cls, line: SoftphoneLine, target: str, *, caller: str, says: Path) -> Self:
        """Call `target` (`sip:number@host:port`, no transport) as `caller`, saying the 8 kHz WAV `says` once it is up.

        Raises `PhoneError` when there is no such file, or baresip does not start.
        """
        if not await asyncio.to_thread(says.is_file):
            raise PhoneError(f"expected a WAV to say, found no file {says}")
        phone = cls(line)
        try:
            await phone._start(caller, says)
            await phone.command("dial", target)
        except BaseException:
            await phone.close()
            raise
        return phone

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def answered(self, timeout_s: float | None = None) -> None:
        """Return once the call is up. Raises `CallEndedError` when it was refused."""
        await self._until(ESTABLISHED, timeout_s)

    async def ended(self, timeout_s: float | None = None) -> str:
        """The reason, in baresip's words, once the call has ended."""
        return str((await self._until(CLOSED, timeout_s)).get("param", ""))

    @property
    def encryption(self) -> str:
        """The suite that the call's audio is encrypted with (AES_CM_128_HMAC_SHA1_80 …); "" for none."""
        return str((self._event(ENCRYPTED) or {}).get("param", "")).rpartition(",")[2]

    async def press(self, keys: str) -> None:
        """Press keys (RFC 4733), one after the other."""
        for key in keys:
            await self.command("sndcode", key)

    async def hang_up(self) -> None:
        """End the call."""
        await self.command("hangup")

    async def command(self, name: str, parameter: str = "") -> None:
        """Push one of baresip's buttons (its long commands)."""
        if self._writer is None:
            raise PhoneError("baresip is not running")
        text = json.dumps({"command": name, "params": parameter})
        self._writer.write(f"{len(text)}:{text},".encode())
        await self._writer.drain()

    def copy_heard(self, path: Path) -> None:
        """Copy what was heard (a WAV; complete once the call has ended). Raises `PhoneError` when there is nothing."""
        heard = self._folder / "heard.wav"
        if not heard.exists():
            raise PhoneError(f"nothing was heard; {self.so_far()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(heard, path)

    def so_far(self) -> str:
        """The events so far, and baresip's last words."""
        output = self._folder / "output"
        words = output.read_text(encoding="utf-8", errors="replace").splitlines()[-8:] if output.exists() else []
        return f"events: {[event.get('type') for event in self._events]}; baresip: {' | '.join(words)}"

    async def close(self) -> None:
        """Hang up, end it and remove its files. Idempotent."""
        if self._writer is not None and self._process is not None and self._process.returncode is None:
            with contextlib.suppress(OSError, PhoneError):
                await self.command("quit")
        if self._process is not None:
            await self._reap(self._process)
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})
        if self._writer is not None:
            self._writer.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    async def _reap(process: asyncio.subprocess.Process) -> None:
        try:
            await asyncio.wait_for(process.wait(), _EXIT_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _start(self, caller: str, says: Path) -> None:
        control = free_port("127.0.0.1")
        self._write_configuration(caller, says, control)
        with (self._folder / "output").open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *[*self._line.programs.command("baresip"), "-f", str(self._folder), "-4"],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        reader, self._writer = await self._connect(control, self._process)
        self._reader = asyncio.create_task(self._read(reader))

    def _write_configuration(self, caller: str, says: Path, control: int) -> None:
        line = self._line
        encryption = f";mediaenc={line.media_encryption}" if line.media_encryption else ""
        account = f"<sip:{caller}@{line.host};transport={line.transport}>;regint=0;audio_codecs=PCMA/8000{encryption}"
        configuration = {
            "sip_listen": f"{line.host}:0",
            "sip_verify_server": "no",
            "net_interface": line.host,
            "audio_source": f"aufile,{says.resolve()}",
            "audio_player": f"aufile,{self._folder / 'heard.wav'}",
            "audio_alert": f"aufile,{self._folder / 'alert.wav'}",
            "ausrc_srate": "8000",
            "auplay_srate": "8000",
            "ausrc_channels": "1",
            "auplay_channels": "1",
            "jitter_buffer_type": "off",
            "ctrl_tcp_listen": f"127.0.0.1:{control}",
            "module_path": str(line.modules_dir),
        }
        lines = [f"{key}\t{value}" for key, value in configuration.items()]
        lines += [f"module\t{name}.so" for name in _MODULES]
        lines += [f"module_app\t{name}.so" for name in _APPLICATIONS]
        for name, text in {"config": "\n".join(lines), "accounts": account, "contacts": ""}.items():
            (self._folder / name).write_text(text + "\n", encoding="utf-8")

    async def _connect(
        self, port: int, process: asyncio.subprocess.Process
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        deadline = asyncio.get_running_loop().time() + _START_S
        while asyncio.get_running_loop().time() < deadline and process.returncode is None:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
        raise PhoneError(f"baresip did not start within {_START_S:g} s; {self.so_far()}")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int((await reader.readuntil(b":"))[:-1])
                message = json.loads((await reader.readexactly(length + 1))[:-1])
                if message.get("event"):
                    async with self._changed:
                        self._events.append(message)
                        self._changed.notify_all()

    async def _until(self, kind: str, timeout_s: float | None) -> dict[str, Any]:
        limit = self._line.timeout_s if timeout_s is None else timeout_s
        try:
            async with asyncio.timeout(limit), self._changed:
                await self._changed.wait_for(lambda: self._event(kind) or self._event(CLOSED))
        except TimeoutError as error:
            raise PhoneTimeoutError(f"expected {kind} within {limit:g} s; {self.so_far()}") from error
        if found := self._event(kind):
            return found
        raise CallEndedError(
            f"the call ended instead of {kind}: {(self._event(CLOSED) or {}).get('param')}; {self.so_far()}"
        )

    def _event(self, kind: str) -> dict[str, Any] | None:
        return next((event for event in self._events if event.get("type") == kind), None)
