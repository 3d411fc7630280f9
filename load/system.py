"""The system under load: where it is reached, and what is known of it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from ari_app.ops.running import Running, read_running
from demo.world import open_world
from load.errors import LoadError
from phones.sipp import free_port

_OWN_CALLEES = 2000


@dataclass(frozen=True, slots=True)
class System:
    """A Mercury: its SIP and its REST interface; its process and run folder where it is on this machine."""

    sip: tuple[str, int]
    api_url: str
    token: str
    local_host: str
    """This machine's address on the way there: of the phones, and of the listener for results."""
    contacts: Mapping[str, str] | None
    pid: int | None = None
    run_dir: Path | None = None

    @property
    def here(self) -> bool:
        """Whether it is on this machine."""
        return self.pid is not None


def running_system(run_dir: Path, contacts: Mapping[str, str]) -> System | None:
    """The system that runs from a run folder, if one does."""
    running = read_running(run_dir)
    if running is None or not Path(f"/proc/{running.pid}").exists():
        return None
    return _local(running, run_dir, contacts)


def remote_system(
    sip: str, api_url: str, token_file: Path | None, contacts: Mapping[str, str] | None, local_host: str = ""
) -> System:
    """A system of which the addresses are known. Raises `LoadError`."""
    if not api_url or token_file is None:
        raise LoadError("a target needs its REST interface too: --api URL and --token-file FILE (API=, TOKEN_FILE=)")
    host, port = split(sip, 5060)
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise LoadError(f"can't read the token: {token_file}: {error.strerror}") from error
    return System((host, port), api_url, token, local_host or _towards(host, port), contacts)


@asynccontextmanager
async def own_system(run_dir: Path, flows: Path, numbers: int, at_once: int) -> AsyncIterator[System]:
    """Start a system for the load alone, as the demo does, with a stand-in for Jupiter; stop it at the end.

    `numbers`: how many can be called; all of them are answered at one port of this machine.
    """
    port = free_port("127.0.0.1")
    count = min(max(numbers, 1), _OWN_CALLEES)
    contacts = {f"+9198450{number:05}": f"127.0.0.1:{port}" for number in range(count)}
    with _environment({**_own_settings(contacts, at_once), "MERCURY_FLOWS": str(flows)}):
        async with open_world(run_dir, (), {}) as world:
            yield _local(world.running, run_dir, contacts)


def _own_settings(contacts: Mapping[str, str], at_once: int) -> dict[str, str]:
    """Room for all the calls, no pacing but the load's own, no recordings: the calls alone are measured."""
    return {
        "MERCURY_TEST_TRUNK__CONTACTS": dumps(contacts),
        "MERCURY_MEDIA__RECORD_CALLS": "false",
        "MERCURY_MEDIA__MAX_CALLS": str(at_once + 20),
        "MERCURY_DIALER__CALLS_PER_SECOND": "50",
        "MERCURY_DIALER__MAX_CONCURRENT": str(at_once + 20),
        "MERCURY_DIALER__QUEUE_POLL_S": "0.1",
        "MERCURY_DIALER__CALLBACK_ALLOW": dumps(["127.0.0.1"]),
        "MERCURY_LOG__LEVEL": "warning",
    }


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """For the processes that are started meanwhile; what is set already stays."""
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _local(running: Running, run_dir: Path, contacts: Mapping[str, str]) -> System:
    host, port = split(running.sip_udp, 5060)
    token = running.token_file.read_text(encoding="utf-8").strip()
    local = _towards("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104 - read, not bound
    return System((host, port), running.api_url, token, local, contacts, running.pid, run_dir)


def split(address: str, usual_port: int) -> tuple[str, int]:
    """Host and port of `host` or `host:port`. Raises `LoadError`."""
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(usual_port))
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise LoadError(f"expected host or host:port, got {address!r}")
    return host, int(port)


async def addresses(host: str) -> list[str]:
    """What a name resolves to (IPv4, as the phones speak it); nothing when it does not."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except OSError:
        return []
    return sorted({str(each[4][0]) for each in found})


def _towards(host: str, port: int) -> str:
    """The address that this machine sends from to there. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.connect((host, port))
        except OSError as error:
            raise LoadError(f"{host} can't be reached from here: {error}") from error
        return str(udp.getsockname()[0])
