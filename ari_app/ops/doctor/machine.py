"""Disk, clock, name, and who may read the secrets."""

from __future__ import annotations

import ctypes
import shutil
import socket
import sqlite3
import stat
import sys
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from ari_app.ops.doctor.check import Check, fail, ok, warn
from ari_app.ops.settings import Settings
from media.native.loading import Native, status

_MB = 1_000_000
_DISK_FAIL_MB, _DISK_WARN_MB = 300, 2000
_EARLIEST = 1_767_225_600
"""2026-01-01: a clock before it was never set."""
_TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""
_TIMEX_BYTES = 512
_ZONE = "Asia/Kolkata"


def check_machine(settings: Settings) -> Iterator[Check]:
    """Each thing in turn."""
    yield check_disk("disk, run folder", settings.run_dir)
    yield check_disk("disk, cache", settings.cache_dir)
    yield check_clock(time.time())
    yield check_zone()
    yield check_host_name(socket.gethostname())
    yield check_sqlite(sys.version_info[:2], sqlite3.sqlite_version_info)
    yield check_secrets(settings.run_dir / "secrets")
    yield check_media_loop(status())


def check_disk(name: str, folder: Path) -> Check:
    """Free space where `folder` is or will be."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free_mb = shutil.disk_usage(there).free // _MB
    found = f"{free_mb} MB free in {folder}"
    if free_mb < _DISK_FAIL_MB:
        return fail(name, found, f"free at least {_DISK_WARN_MB} MB, or set run_dir and cache_dir to another disk")
    if free_mb < _DISK_WARN_MB:
        return warn(name, found, f"free at least {_DISK_WARN_MB} MB")
    return ok(name, found)


def check_clock(now: float) -> Check:
    """Results are signed with the time, and certificates end: the clock must be right."""
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if now < _EARLIEST:
        return fail("clock", f"{shown}: never set", "set it, and run chrony or systemd-timesyncd")
    if not _synchronised():
        return warn("clock", f"{shown}, not synchronised as the kernel knows", "run chrony or systemd-timesyncd")
    return ok("clock", f"{shown}, synchronised")


def check_zone() -> Check:
    """Times of day in India are reckoned with the zone's data, whatever the machine's own zone is."""
    try:
        zoneinfo.ZoneInfo(_ZONE)
    except zoneinfo.ZoneInfoNotFoundError:
        return fail("time zone", f"{_ZONE} is unknown", "install tzdata")
    return ok("time zone", f"{_ZONE} is known; this machine is on {time.tzname[0]}")


def check_host_name(name: str) -> Check:
    """Asterisk looks up its own host name at each outgoing call: a name that does not resolve costs 5 s."""
    try:
        address = socket.gethostbyname(name)
    except OSError:
        return warn(
            "host name", f"{name} does not resolve: outgoing calls stall 5 s", f"add `127.0.1.1 {name}` to /etc/hosts"
        )
    return ok("host name", f"{name} is {address}")


def check_media_loop(native: Native) -> Check:
    """Compiled, it carries three times the calls."""
    if native is Native.USED:
        return ok("media loop", "compiled")
    return warn(
        "media loop", f"runs as plain Python: {native}", "for more than some 200 calls at once run tools/native"
    )


def check_sqlite(python: tuple[int, int], version: tuple[int, ...]) -> Check:
    """dbos asks SQLite for fractions of seconds where Python is 3.12 or newer; SQLite has them since 3.42."""
    found = f"{'.'.join(map(str, version))} with Python {'.'.join(map(str, python))}"
    if python >= (3, 12) and version < (3, 42):
        return fail("SQLite", found, "use Python 3.11, or one that is linked with SQLite 3.42 or newer")
    return ok("SQLite", found)


def check_secrets(folder: Path) -> Check:
    """Only their owner may read them."""
    if not folder.exists():
        return ok("secrets", "none generated yet")
    paths = [folder, *folder.iterdir()]
    open_to_others = [path.name for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        return fail("secrets", f"others may read {', '.join(open_to_others)}", f"chmod -R go= {folder}, and renew them")
    return ok("secrets", f"{len(paths) - 1} in {folder}, for their owner alone")


def _synchronised() -> bool:
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    return int(ctypes.CDLL(None).adjtimex(timex)) != _TIME_ERROR
