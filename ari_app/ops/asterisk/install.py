"""Finds an Asterisk that is new enough, or fetches one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ari_app.ops.asterisk.apt import candidate
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.fetch import fetch_asterisk, fetched_asterisk
from ari_app.ops.asterisk.installation import MINIMUM, Installation, read_version
from ari_app.ops.asterisk.modules import choose_modules
from ari_app.ops.settings import AsteriskSettings

ROOT_VARIABLE = "MERCURY_ASTERISK_ROOT"
"""Environment variable: a folder of unpacked packages to use as it is."""

Progress = Callable[[str], None]


def ensure_asterisk(cache_dir: Path, settings: AsteriskSettings, progress: Progress) -> Installation:
    """The Asterisk to run, with SIPp and baresip beside it; each step that takes time is told to `progress`.

    In this order: the folder in MERCURY_ASTERISK_ROOT, `asterisk.program`, the machine's own, the package manager's,
    and Debian forky's. Packages are unpacked into `cache_dir`, not installed: no root is needed, no service started.
    Raises `AsteriskError`, saying what is needed.
    """
    found = find_asterisk(cache_dir, settings)
    if found and (found.root or (shutil.which("sipp") and shutil.which("baresip"))):
        return found
    if found:
        progress("SIPp and baresip (the test phones) are not all on this machine: fetching them")
    version = candidate()
    own_release = version is not None and version >= MINIMUM
    root = fetch_asterisk(cache_dir, settings.mirror, progress, own_release=own_release)
    return _checked(Installation(root=root, program=found.program if found else None), str(root))


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
        choose_modules(installation.modules_dir)
        _ = installation.rest_api_dir, installation.sounds_dir
    except AsteriskError:
        return None
    return installation


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
