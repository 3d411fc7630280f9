"""A managed Asterisk for tests, on free ports of loopback, with a run folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ari_app.ops.asterisk import AsteriskProcess, Endpoints, Installation, PreparedAsterisk, prepare_asterisk
from ari_app.ops.secrets import Secrets, load_secrets
from ari_app.ops.settings import Settings

_CLI_S = 10.0
_TCP_LISTEN = "0A"


@dataclass(frozen=True)
class RunningAsterisk:
    """A running Asterisk and what it was made from."""

    settings: Settings
    secrets: Secrets
    process: AsteriskProcess
    started_in_s: float

    @property
    def prepared(self) -> PreparedAsterisk:
        return self.process.prepared

    @property
    def endpoints(self) -> Endpoints:
        """Where ARI, SIP and RTP are."""
        return self.process.prepared.endpoints

    @property
    def installation(self) -> Installation:
        """Its programs: `command("sipp")` and so on."""
        return self.process.prepared.installation

    async def cli(self, command: str) -> str:
        """What Asterisk's console answers to a command."""
        console = await asyncio.create_subprocess_exec(
            *self.prepared.command("-rx", command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(_CLI_S):
            output, _ = await console.communicate()
        return output.decode(errors="replace")

    def listening(self, protocol: Literal["tcp", "udp"]) -> set[tuple[str, int]]:
        """The addresses and ports that it listens on."""
        assert self.process.pid, "Asterisk is not running"
        return listening(self.process.pid, protocol)


def listening(pid: int, protocol: Literal["tcp", "udp"]) -> set[tuple[str, int]]:
    """The addresses and ports that a process listens on."""
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            own.add(str(descriptor.readlink()))
    lines = Path(f"/proc/{pid}/net/{protocol}").read_text(encoding="ascii").splitlines()[1:]
    rows = (line.split() for line in lines)
    return {
        _address(row[1]) for row in rows if f"socket:[{row[9]}]" in own and (protocol == "udp" or row[3] == _TCP_LISTEN)
    }


def _address(text: str) -> tuple[str, int]:
    """As /proc/net has it: 0100007F:1F90 → 127.0.0.1, 8080."""
    host, _, port = text.partition(":")
    return socket.inet_ntoa(struct.pack("=I", int(host, 16))), int(port, 16)


async def start_asterisk(
    run_dir: Path, installation: Installation, changes: Mapping[str, Mapping[str, Any]] | None = None
) -> RunningAsterisk:
    """Start one; `changes` are settings by section, over those that make all ports free ones. Stop `.process` after."""
    values: dict[str, Any] = {
        "run_dir": run_dir,
        "asterisk": {"ari_port": 0, "rtp_start": 0},
        "sip": {"udp_port": 0, "tcp_port": 0, "tls_port": 0},
        "media": {"max_calls": 60},
    }
    for section, changed in (changes or {}).items():
        values[section] = {**values.get(section, {}), **changed}
    settings = Settings.model_validate(values)
    secrets = load_secrets(settings)
    prepared = prepare_asterisk(settings, secrets, installation)
    process = AsteriskProcess(prepared, settings.asterisk.ari_user, secrets.ari_password)
    return RunningAsterisk(settings, secrets, process, await process.start())
