"""Has the compiled modules imported in place of their source, where they are made from just that source."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from media.native.modules import BUILT, MANIFEST, TAG, digest

SWITCH = "MERCURY_NATIVE"
"""The environment variable that, set to 0, has everything run as plain Python."""


class Native(StrEnum):
    """Whether the media loop is compiled."""

    USED = "used"
    OFF = "switched off"
    MISSING = "not built"
    STALE = "built from other source, or for another Python"


class NativeFinder(MetaPathFinder):
    """Finds the compiled modules, by full name."""

    def __init__(self, files: dict[str, str], folder: Path) -> None:
        self._files = files
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where it is, if it is one of them."""
        file = self._files.get(fullname)
        return spec_from_file_location(fullname, self._folder / file) if file else None


def status(folder: Path = BUILT) -> Native:
    """Whether a process that starts now would use it."""
    return _read(folder)[0]


def use(folder: Path = BUILT) -> Native:
    """Have them imported from now on, if they fit. Called once, before any of them is imported."""
    found, files = _read(folder)
    if found is Native.USED:
        sys.meta_path.insert(0, NativeFinder(files, folder))
    return found


def _read(folder: Path) -> tuple[Native, dict[str, str]]:
    if os.environ.get(SWITCH) == "0":
        return Native.OFF, {}
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        files: dict[str, str] = manifest["files"]
        fits = manifest["tag"] == TAG and manifest["source"] == digest()
    except FileNotFoundError:
        return Native.MISSING, {}
    except (OSError, ValueError, TypeError, KeyError):
        return Native.STALE, {}
    return (Native.USED, files) if fits else (Native.STALE, {})
