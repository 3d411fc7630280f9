"""An Asterisk that outlived its Mercury: what is kept for the next start, and how a process that is no child is had."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import bcrypt

from ari_app.ops.asterisk.claim import Claim
from ari_app.ops.asterisk.endpoints import Endpoints, suits
from ari_app.ops.secrets import write_private
from ari_app.ops.settings import Settings

_NAME = "started.json"


@dataclass(frozen=True, slots=True)
class Started:
    """An Asterisk as it was started: where it answers, and what it was made from."""

    pid: int
    endpoints: Endpoints
    ari_password_hash: str
    digest: str
    """Of its configuration."""
    command: tuple[str, ...]

    def suits(self, settings: Settings, ari_password: str) -> bool:
        """Whether it still runs, where these settings want it, and knows this password."""
        return (
            command_of(self.pid) == self.command
            and suits(self.endpoints, settings)
            and bcrypt.checkpw(ari_password.encode(), self.ari_password_hash.encode())
        )


def digest_of(texts: Mapping[str, str]) -> str:
    """Tells one configuration (text by file name) from another."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()


def keep_started(folder: Path, started: Started) -> None:
    """Keep it for the next start."""
    write_private(folder / _NAME, json.dumps(asdict(started), indent=2) + "\n")


def read_started(folder: Path) -> Started | None:
    """What was kept; None when nothing was, or nothing that can be read."""
    try:
        kept = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        return Started(**{**kept, "endpoints": Endpoints(**kept["endpoints"]), "command": tuple(kept["command"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_started(folder: Path) -> None:
    """It runs no more."""
    (folder / _NAME).unlink(missing_ok=True)


def end_left_behind(folder: Path) -> bool:
    """End the Asterisk of a Mercury that has ended and will not come back; False when there is none.

    Raises `AsteriskError` when another Mercury has the folder by now.
    """
    claim = Claim(folder)
    claim.take()
    try:
        started = read_started(folder)
        if started is None or command_of(started.pid) != started.command:
            return False
        os.kill(started.pid, signal.SIGTERM)
        forget_started(folder)
    finally:
        claim.release()
    return True


def command_of(pid: int) -> tuple[str, ...]:
    """The command line of a process, as Linux has it; empty when there is none of this id."""
    try:
        return tuple(Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0"))
    except OSError:
        return ()


class AdoptedProcess:
    """A running process that is no child of ours, as `asyncio.subprocess.Process` would have it.

    Held by a pidfd (Linux 5.3), so that no other process can be taken for it. Its exit status can't be known: 0.
    Raises `ProcessLookupError` when there is none of this id.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._fd = os.pidfd_open(pid)

    async def wait(self) -> int:
        """Wait for its end; to be called once."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._fd, ended.set)
        try:
            await ended.wait()
            self.returncode = 0
        finally:
            loop.remove_reader(self._fd)
            os.close(self._fd)
        return 0

    def send_signal(self, number: int) -> None:
        """Raises `ProcessLookupError` when it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        signal.pidfd_send_signal(self._fd, signal.Signals(number))
