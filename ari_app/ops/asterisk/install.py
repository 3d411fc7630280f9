"""Finds an Asterisk that is new enough, or fetches one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.fetch import fetch_asterisk, fetched_asterisk
from ari_app.ops.asterisk.installation import MINIMUM, Installation, read_version
from ari_app.ops.settings import AsteriskSettings

ROOT_VARIABLE = "MERCURY_ASTERISK_ROOT"
"""Environment variable: a folder of unpacked packages to use as it is."""

Progress = Callable[[str], None]
_PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav", "sip-tester", "baresip-core")
_ASK_S = 30
_INSTALL_S = 900


def ensure_asterisk(cache_dir: Path, settings: AsteriskSettings, progress: Progress) -> Installation:
    """The Asterisk to run, with SIPp and baresip beside it; each step that takes time is told to `progress`.

    In this order: the folder in MERCURY_ASTERISK_ROOT, `asterisk.program`, the machine's own, the package manager's (as
    root), and Debian packages fetched into `cache_dir` (without root). Raises `AsteriskError`, saying what is needed.
    """
    found = find_asterisk(cache_dir, settings) or _packaged(progress)
    if found is None:
        return _checked(Installation(root=fetch_asterisk(cache_dir, settings.mirror, progress)), "the fetched packages")
    if found.root or (shutil.which("sipp") and shutil.which("baresip")):
        return found
    progress("SIPp and baresip (the test phones) are not all on this machine: fetching them")
    return Installation(root=fetch_asterisk(cache_dir, settings.mirror, progress), program=found.program)


def find_asterisk(cache_dir: Path, settings: AsteriskSettings) -> Installation | None:
    """The Asterisk that `ensure_asterisk` would take without installing or fetching anything.

    Raises `AsteriskError` when the one that was asked for can't be used.
    """
    if root := os.environ.get(ROOT_VARIABLE):
        return _checked(Installation(root=Path(root).absolute()), ROOT_VARIABLE)
    fetched = fetched_asterisk(cache_dir)
    if settings.program:
        return _checked(Installation(root=fetched, program=settings.program.absolute()), "asterisk.program")
    if own := _machines_own():
        return Installation(root=fetched, program=own.program)
    return _checked(Installation(root=fetched), str(fetched)) if fetched else None


def _checked(installation: Installation, origin: str) -> Installation:
    version = read_version(installation.command("asterisk"))
    if version < MINIMUM:
        raise AsteriskError(f"{origin}: Asterisk {_text(version)} is too old, {_text(MINIMUM)} or newer is needed")
    return installation


def _machines_own() -> Installation | None:
    found = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        return None
    installation = Installation(program=Path(found))
    try:
        _checked(installation, found)
        _ = installation.data_dir, installation.modules_dir, installation.sounds_dir
    except AsteriskError:
        return None
    return installation


def _packaged(progress: Progress) -> Installation | None:
    """The package manager's Asterisk, installed, if it is new enough."""
    version = _candidate()
    if version is None or version < MINIMUM:
        return None
    if os.geteuid() != 0:
        progress(
            f"apt has Asterisk {_text(version)}; as root, `apt-get install {' '.join(_PACKAGES)}` would install it"
        )
        return None
    progress(f"installing Asterisk {_text(version)} with apt-get")
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    if answer.returncode:
        raise AsteriskError(f"{' '.join(command)} failed:\n{answer.stderr.strip()[-500:]}")
    return _machines_own()


def _candidate() -> tuple[int, int, int] | None:
    if not shutil.which("apt-cache"):
        return None
    answer = subprocess.run(
        ["apt-cache", "policy", "asterisk"],
        env=os.environ | {"LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=_ASK_S,
        check=False,
    )
    found = re.search(r"Candidate: (?:\d+:)?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
