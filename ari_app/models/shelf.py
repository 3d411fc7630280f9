"""Where fetched models are: a folder each, with a manifest that is written last, so that half a model is never one."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ari_app.models.digests import sha256_of
from ari_app.models.errors import ModelError
from ari_app.models.plan import MANIFEST, is_safe, is_sha256

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FIRST_SHARD = re.compile(r".*-0*1-of-\d+\.gguf")


class State(StrEnum):
    """How much of a model is there."""

    ABSENT = "no"
    PARTIAL = "partial"
    WHOLE = "yes"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a model, as it was when it was fetched."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository (or a URL), the revision that was asked for, and the commit that it was."""

    repository: str
    revision: str
    commit: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a fetched model is."""

    name: str
    licence: str
    origins: tuple[Origin, ...]
    files: tuple[KeptFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of all models, `cache_dir/models`."""

    root: Path

    @classmethod
    def of(cls, cache_dir: Path) -> Shelf:
        """That of a cache folder."""
        return cls(cache_dir / "models")

    def folder(self, name: str) -> Path:
        """Where the model of this name is, or would be. Raises `ModelError` for a name that is none."""
        if not _NAME.fullmatch(name):
            raise ModelError(f"expected a name of letters, digits, '.', '_' and '-' for a model, got {name!r}")
        return self.root / name

    def state(self, name: str) -> State:
        """How much of it is there, by its manifest and the sizes of its files."""
        folder = self.folder(name)
        if not folder.is_dir():
            return State.ABSENT
        kept = self.manifest(name)
        whole = kept and all(_size(folder / file.path) == file.size for file in kept.files)
        return State.WHOLE if whole else State.PARTIAL

    def manifest(self, name: str) -> Manifest | None:
        """What was fetched; None where nothing was, or not to its end."""
        try:
            return _manifest(json.loads((self.folder(name) / MANIFEST).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, manifest: Manifest) -> None:
        """The last act of a fetch."""
        path = self.folder(manifest.name) / MANIFEST
        part = path.with_suffix(".new")
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(manifest), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def fetched(self) -> list[str]:
        """Names of all that are there, whole or partial."""
        found = sorted(self.root.iterdir()) if self.root.is_dir() else []
        return [path.name for path in found if path.is_dir() and _NAME.fullmatch(path.name)]

    def path(self, name: str) -> Path:
        """What an engine is given: the model's one GGUF file (the first of several that are one), else its folder."""
        folder, kept = self.folder(name), self.manifest(name)
        files = [file.path for file in kept.files] if kept else []
        if files and all(file.endswith(".gguf") for file in files):
            first = files if len(files) == 1 else [file for file in files if _FIRST_SHARD.fullmatch(file)]
            return folder / first[0] if len(first) == 1 else folder
        return folder

    def remove(self, name: str) -> int:
        """Take it away, and give back the bytes that it had. Raises `ModelError` while it is being fetched."""
        folder = self.folder(name)
        with self.lock(name):
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            (folder / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
        return size

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """One at a time does something with a model. Raises `ModelError` while another does. Ends with the process."""
        self.folder(name)
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f".{name}.lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise ModelError(f"{name}: process {file.read() or '?'} is fetching it; wait for it to end") from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield


def differing(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Files that are not what was fetched, each with what is wrong. Reads them all."""
    for file in manifest.files:
        path = folder / file.path
        size = _size(path)
        if size is None:
            yield file.path, "missing"
        elif size != file.size:
            yield file.path, f"expected {file.size} bytes, has {size}"
        elif (digest := sha256_of(path)) != file.sha256:
            yield file.path, f"expected SHA-256 {file.sha256}, has {digest}"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _manifest(value: Any) -> Manifest:
    files = tuple(KeptFile(str(file["path"]), int(file["size"]), str(file["sha256"])) for file in value["files"])
    if not all(is_safe(file.path) and is_sha256(file.sha256) and file.size >= 0 for file in files):
        raise ValueError("not as fetch writes it")
    origins = tuple(
        Origin(origin["repository"], origin["revision"], origin["commit"], tuple(origin["patterns"]))
        for origin in value["origins"]
    )
    return Manifest(str(value["name"]), str(value["licence"]), origins, files)
