"""Fetches Debian's Asterisk into a folder, without root: apt-get with folders of its own, then `dpkg -x`."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ari_app.ops.asterisk.errors import AsteriskError

SUITE = "forky"
"""The Debian release with Asterisk 22 (Debian 12 and 13 have none)."""
PACKAGES = (
    "asterisk",
    "asterisk-core-sounds-en-wav",
    "asterisk-moh-opsound-wav",
    "sip-tester",
    "baresip-core",
    "openssl",
)

Progress = Callable[[str], None]
_STAMP = "mercury-fetched.json"
_FREE_BYTES = 1_000_000_000
_LIMIT_S = 1800
_LOCK_S = 1800
_LOCK_POLL_S = 0.5
_TELL_S = 5.0
_NEEDS = "a Debian machine's apt-get and dpkg, debian-archive-keyring, the network, and 1 GB of free disk space"


@dataclass(frozen=True, slots=True)
class _Origin:
    mirror: str
    keyring: str


def fetch_asterisk(cache_dir: Path, mirror: str, progress: Progress) -> Path:
    """The folder with the unpacked packages, fetched now unless it is there; an interrupted fetch goes on where it was.

    `mirror` is a Debian mirror's URL; empty takes the one of the machine's apt sources. Raises `AsteriskError`.
    """
    if fetched := fetched_asterisk(cache_dir):
        return fetched
    root = _root(cache_dir)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _lock(root.with_suffix(".lock"), progress):
        if not (root / _STAMP).exists():
            _fetch(root, mirror, progress)
    return root


def fetched_asterisk(cache_dir: Path) -> Path | None:
    """The folder of an earlier, complete fetch."""
    root = _root(cache_dir)
    return root if (root / _STAMP).exists() else None


def _root(cache_dir: Path) -> Path:
    return (cache_dir / f"asterisk-{SUITE}").absolute()


def _fetch(root: Path, mirror: str, progress: Progress) -> None:
    _check_means(root.parent)
    began = time.monotonic()
    origin = _origin(mirror)
    part = root.with_suffix(".part")
    apt = _private_apt(part, origin)
    progress(f"fetching Asterisk 22 from Debian {SUITE} ({origin.mirror}): about 125 MB, once")
    _run([*apt, "update"], "reading the package lists")
    with _telling_size(part / "archives", progress):
        _run([*apt, "install", "--download-only", "-y", *PACKAGES], "downloading the packages")
    archives = sorted((part / "archives").glob("*.deb"))
    progress(f"unpacking {len(archives)} packages into {root}")
    _unpack(archives, part / "root")
    stamp = {"suite": SUITE, "packages": [archive.name for archive in archives]}
    (part / "root" / _STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    shutil.rmtree(root, ignore_errors=True)
    (part / "root").replace(root)
    shutil.rmtree(part)
    progress(f"Asterisk is ready, after {time.monotonic() - began:.0f} s")


def _check_means(folder: Path) -> None:
    missing = [program for program in ("apt-get", "dpkg") if not shutil.which(program)]
    if missing:
        raise AsteriskError(
            f"no Asterisk 22.10.1 or newer here, and {' and '.join(missing)} to fetch one missing; {_needed()}"
        )
    if (free := shutil.disk_usage(folder).free) < _FREE_BYTES:
        raise AsteriskError(
            f"{folder} has {free // 1_000_000} MB free, and 1000 MB are needed to fetch Asterisk into it"
        )


def _needed() -> str:
    return f"install Asterisk 22.10.1 or newer yourself (asterisk.program), or provide what fetching needs: {_NEEDS}"


def _origin(mirror: str) -> _Origin:
    """Where this machine gets Debian from, as apt itself reads its sources."""
    keyrings = ("/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp")
    keyring = next((path for path in keyrings if Path(path).exists()), None)
    if keyring is None:
        raise AsteriskError(f"debian-archive-keyring is not installed, so packages can't be verified; {_needed()}")
    if mirror:
        return _Origin(mirror, keyring)
    listed = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages"],
        "reading apt's sources",
    )
    return _Origin(choose_mirror(listed), keyring)


def choose_mirror(listed: str) -> str:
    """The Debian mirror among lines of `<uri> <release> <component>`: of main, and no security or updates archive.

    Raises `AsteriskError` when there is none.
    """
    for line in listed.splitlines():
        uri, release, component = [*line.split(), "", "", ""][:3]
        if component == "main" and release.isalpha() and uri.rstrip("/").endswith("/debian"):
            return uri
    raise AsteriskError(f"apt's sources name no Debian mirror: set asterisk.mirror to one; or {_needed()}")


def _private_apt(part: Path, origin: _Origin) -> list[str]:
    """An apt-get that knows one release and no installed package. Folders are its own, proxies the machine's."""
    for name in ("lists/partial", "archives/partial", "preferences.d", "sources.list.d", "root"):
        (part / name).mkdir(parents=True, exist_ok=True)
    (part / "status").touch()
    (part / "sources.list").write_text(
        f"deb [signed-by={origin.keyring}] {origin.mirror} {SUITE} main\n", encoding="utf-8"
    )
    folders = {
        "Dir::Etc::sourcelist": part / "sources.list",
        "Dir::Etc::sourceparts": part / "sources.list.d",
        "Dir::Etc::preferences": part / "preferences",
        "Dir::Etc::preferencesparts": part / "preferences.d",
        "Dir::State": part,
        "Dir::State::lists": part / "lists",
        "Dir::State::status": part / "status",
        "Dir::State::extended_states": part / "extended_states",
        "Dir::Cache": part,
        "Dir::Cache::archives": part / "archives",
        "Dir::Log": part,
    }
    lines = [f'{key} "{path}";' for key, path in folders.items()]
    lines += [
        'APT::Sandbox::User "";',
        "APT::Install-Recommends false;",
        "Acquire::Languages none;",
        "Acquire::Retries 3;",
    ]
    lines += [f"#clear {hook};" for hook in ("APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success")]
    lines += ["#clear DPkg::Post-Invoke;", "#clear DPkg::Pre-Install-Pkgs;", "#clear APT::Keep-Downloaded-Packages;"]
    (part / "apt.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["apt-get", "-c", str(part / "apt.conf"), "-q"]


def _unpack(archives: list[Path], root: Path) -> None:
    """Two at a time. Unpacking one twice does no harm."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for _ in pool.map(
            lambda archive: _run(["dpkg", "-x", str(archive), str(root)], f"unpacking {archive.name}"), archives
        ):
            pass


def _run(command: list[str], doing: str) -> str:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        answer = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AsteriskError(f"{doing} took more than {_LIMIT_S} s; starting again goes on where it was") from error
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip()[-800:]
        raise AsteriskError(f"{doing} failed ({' '.join(command[:1])}):\n{said}\nNeeded: {_NEEDS}")
    return answer.stdout


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
