"""What is to be fetched, and how a broken download goes on. Pure: no network, no disk.

Rules of HTTP ranges: RFC 9110, sections 13.1.5 (If-Range), 14.4 (Content-Range), 15.3.7 (206) and 15.5.17 (416).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import PurePosixPath

from ari_app.models.errors import ModelError

MANIFEST = "mercury-model.json"
PARTS = ".parts"
MOST_FILES = 10_000
LARGEST_BYTES = 1 << 40
"""Of a file: a terabyte is no model."""
SPARE_BYTES = 256 * 1024 * 1024
"""Left free on the disk beside what is fetched."""
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_ID = re.compile(r"[0-9a-f]{40}")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of the hub. Its content is known by its SHA-256 (large files), or by git's name of it (the rest)."""

    path: str
    """Within the repository, with `/`."""
    size: int | None
    """Bytes; None where nobody told."""
    sha256: str = ""
    git_id: str = ""

    @property
    def content(self) -> str:
        """A name of its content."""
        return self.sha256 or self.git_id or sha256(self.path.encode()).hexdigest()


def files_of(listing: object, known: Mapping[str, str]) -> list[RemoteFile]:
    """The files of a hub's listing (a JSON array); `known`: SHA-256 of files that must have this content.

    Raises `ModelError` where it is not as it must be.
    """
    if not isinstance(listing, list) or len(listing) > MOST_FILES:
        raise ModelError(f"expected a list of at most {MOST_FILES} files from the hub, got {str(listing)[:80]!r}")
    files = [_file(entry) for entry in listing if not (isinstance(entry, dict) and entry.get("type") == "directory")]
    return [_known(file, known.get(file.path, "")) for file in files]


def chosen(files: Iterable[RemoteFile], patterns: Sequence[str], what: str) -> list[RemoteFile]:
    """Those that a pattern names. Raises `ModelError` for a pattern that names none, and for unsafe file names."""
    files = list(files)
    for pattern in patterns:
        if not any(fnmatchcase(file.path, pattern) for file in files):
            has = ", ".join(file.path for file in files[:20]) or "no file at all"
            raise ModelError(f"{what}: expected a file like {pattern}; it has: {has}")
    wanted = [file for file in files if any(fnmatchcase(file.path, pattern) for pattern in patterns)]
    _refuse_unsafe([file.path for file in wanted], what)
    return wanted


def is_safe(path: str) -> bool:
    """Whether a file of this name, of an unknown hand, stays within the folder it is put into, and is a model's."""
    return len(path) <= 1000 and all(
        _SEGMENT.fullmatch(segment) and segment == segment.rstrip(". ") for segment in path.split("/")
    )


def offset_of(status: int, asked_from: int, content_range: str, size: int | None) -> int | None:
    """At which byte the body of an answer begins, after bytes from `asked_from` on were asked for; None for 416.

    A server that knows no ranges, or has other content by now (If-Range), sends all, with 200. Raises `ModelError` for
    a 206 with another part than was asked for.
    """
    if status == 416:
        return None
    if status != 206:
        return 0
    told = _CONTENT_RANGE.fullmatch(content_range.strip())
    if told is None or int(told[1]) != asked_from or (size and told[3] not in ("*", str(size))):
        raise ModelError(f"expected bytes {asked_from}- of {size or 'unknown size'}, the server sent {content_range!r}")
    return asked_from


def is_sha256(text: str) -> bool:
    """Whether it is one, in lower-case hexadecimal digits."""
    return bool(_SHA256.fullmatch(text))


def gigabytes(size_bytes: float) -> str:
    """A size in the words of who buys disks: "1.6 GB", "12 MB"."""
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= least:
            value = size_bytes / least
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{size_bytes:.0f} B"


def _file(entry: object) -> RemoteFile:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise ModelError(f"expected a file with a path in the hub's listing, got {str(entry)[:80]!r}")
    lfs = entry.get("lfs") or {}
    size = lfs.get("size", entry.get("size")) if isinstance(lfs, dict) else None
    digest = lfs.get("oid", "") if isinstance(lfs, dict) else ""
    git_id = "" if lfs else entry.get("oid", "")
    if not isinstance(size, int) or not 0 <= size <= LARGEST_BYTES:
        raise ModelError(f"{entry['path']}: expected a size in bytes from the hub, got {size!r}")
    if not (digest and is_sha256(str(digest))) and not (git_id and _GIT_ID.fullmatch(str(git_id))):
        raise ModelError(f"{entry['path']}: expected a SHA-256 or git's id of the file from the hub, got neither")
    return RemoteFile(entry["path"], size, str(digest), str(git_id))


def _known(file: RemoteFile, sha256_known: str) -> RemoteFile:
    if sha256_known and file.sha256 and file.sha256 != sha256_known:
        raise ModelError(f"{file.path}: expected the content {sha256_known}, the hub has {file.sha256}")
    return RemoteFile(file.path, file.size, sha256_known or file.sha256, file.git_id)


def _refuse_unsafe(paths: Sequence[str], what: str) -> None:
    for path in paths:
        if not is_safe(path) or path.split("/")[0].casefold() in (PARTS, MANIFEST):
            raise ModelError(f"{what}: a file is named {path!r}; it would not stay in its folder. Nothing was fetched")
    folded = Counter(path.casefold() for path in paths)
    folders = {str(folder) for path in folded for folder in PurePosixPath(path).parents}
    if clashing := sorted(path for path, times in folded.items() if times > 1 or path in folders):
        raise ModelError(f"{what}: two of its files would be one: {', '.join(clashing)}. Nothing was fetched")
