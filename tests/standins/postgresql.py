"""A real PostgreSQL of the tests' own, where its programs are installed: on a socket in a temporary folder, no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def _server_user() -> str | None:
    """PostgreSQL does not run as root: then as the user that its package made, or as nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Server:
    """A running server. `url` is that of its databases, up to their name's place: `url.format(name)`."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.url = f"postgresql://mercury@/{{}}?host={folder}"
        self._programs, self._folder, self._user = programs, folder, user
        self._data = str(folder / "data")

    def prepare(self) -> None:
        """Make its files."""
        self._run("initdb", "-U", "mercury", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-c listen_addresses='' -c fsync=off -k {self._folder}"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As a power cut does: connections are cut, and it recovers at the next start."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def create(self, *names: str) -> None:
        """Make databases."""
        with psycopg.connect(self.url.format("postgres"), autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}".encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", self._data, *arguments]
        subprocess.run(command, user=self._user, cwd=self._folder, check=True, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """Run a server that may be stopped and started meanwhile."""
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="mercury-pg-"))
    if user:
        shutil.chown(folder, user)
    running = Server(programs, folder, user)
    try:
        running.prepare()
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Run a server; the URL of its databases, up to their name's place: `url.format(name)`."""
    with server(programs) as running:
        yield running.url
