"""Fetches an Asterisk into a folder, without root: packages are downloaded, verified and unpacked, not installed."""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ari_app.ops.asterisk.apt import MACHINES_OWN, SUITE, Release, debian, needed, private_apt, run
from ari_app.ops.asterisk.errors import AsteriskError

PACKAGES = (
    *("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav"),
    *("sip-tester", "baresip-core", "openssl"),
)

Progress = Callable[[str], None]
_STAMP = "mercury-fetched.json"
_FREE_BYTES = 1_000_000_000
_LOCK_S = 1800
_LOCK_POLL_S = 0.5
_TELL_S = 5.0


def fetch_asterisk(cache_dir: Path, mirror: str, progress: Progress, *, own_release: bool = False) -> Path:
    """The folder with the unpacked packages, fetched now unless it is there; an interrupted fetch goes on where it was.

    They are Debian forky's, from `mirror` ("" for that of the machine's apt sources), or with `own_release` those of
    the machine's own release. Raises `AsteriskError`.
    """
    if fetched := fetched_asterisk(cache_dir):
        return fetched
    root = _root(cache_dir, MACHINES_OWN.name if own_release else SUITE)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _lock(root.with_suffix(".lock"), progress):
        if not (root / _STAMP).exists():
            _check_means(cache_dir)
            _fetch(root, MACHINES_OWN if own_release else debian(mirror), progress)
    return root


def fetched_asterisk(cache_dir: Path) -> Path | None:
    """The folder of an earlier, complete fetch."""
    roots = (_root(cache_dir, name) for name in (MACHINES_OWN.name, SUITE))
    return next((root for root in roots if (root / _STAMP).exists()), None)


def _root(cache_dir: Path, name: str) -> Path:
    return (cache_dir / f"asterisk-{name}").absolute()


def _fetch(root: Path, release: Release, progress: Progress) -> None:
    began = time.monotonic()
    part = root.with_suffix(".part")
    apt = private_apt(part, release)
    progress(f"fetching Asterisk 22 (release {release.name}): about 125 MB, once")
    run([*apt, "update"], "reading the package lists")
    with _telling_size(part / "archives", progress):
        run([*apt, "install", "--download-only", "-y", *PACKAGES], "downloading the packages")
    archives = sorted((part / "archives").glob("*.deb"))
    progress(f"unpacking {len(archives)} packages into {root}")
    _unpack(archives, part / "root")
    stamp = {"release": release.name, "packages": [archive.name for archive in archives]}
    (part / "root" / _STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    shutil.rmtree(root, ignore_errors=True)
    (part / "root").replace(root)
    shutil.rmtree(part)
    progress(f"Asterisk is ready, after {time.monotonic() - began:.0f} s")


def _check_means(folder: Path) -> None:
    missing = [program for program in ("apt-get", "dpkg") if not shutil.which(program)]
    if missing:
        names = " and ".join(missing)
        raise AsteriskError(f"no Asterisk 22.10.1 or newer here, and {names} to fetch one missing; {needed()}")
    if (free := shutil.disk_usage(folder).free) < _FREE_BYTES:
        raise AsteriskError(f"{folder} has {free // 1_000_000} MB free, and 1000 MB are needed to fetch Asterisk")


def _unpack(archives: list[Path], root: Path) -> None:
    """Two at a time. Unpacking one twice does no harm."""
    root.mkdir(exist_ok=True)

    def unpack(archive: Path) -> None:
        run(["dpkg", "-x", str(archive), str(root)], f"unpacking {archive.name}")

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(unpack, archives))


@contextmanager
def _telling_size(folder: Path, progress: Progress) -> Iterator[None]:
    """While this lasts, tell every few seconds how much is in `folder`."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(_TELL_S):
            size = sum(path.stat().st_size for path in folder.rglob("*.deb") if path.exists())
            progress(f"  {size // 1_000_000} MB")

    teller = threading.Thread(target=tell, name="fetch-progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


@contextmanager
def _lock(path: Path, progress: Progress) -> Iterator[None]:
    """One fetch at a time; the lock ends with the process that holds it."""
    with path.open("w") as file:
        if not _locked(file):
            progress("another start is fetching Asterisk: waiting for it")
            deadline = time.monotonic() + _LOCK_S
            while not _locked(file):
                if time.monotonic() > deadline:
                    raise AsteriskError(f"another start has held {path} for {_LOCK_S} s: is it stuck?")
                time.sleep(_LOCK_POLL_S)
        yield


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
