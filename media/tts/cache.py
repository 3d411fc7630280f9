"""Rendered prompts, kept in memory and on disk. 8 kHz audio, found by all that decides how it sounds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.tts.protocol import Speech

_MAGIC = b"MPC1"
_CHECKSUM_BYTES = 4
_RENDERING = "5"
"""Changed with what is done to a text or to an engine's audio, so that nothing from before is found."""
_MEGABYTE = 1024 * 1024
_KEEP_SHARE = 0.9
"""How full the disk cache is after its oldest files were removed."""
_LEFT_BEHIND_S = 3600


@dataclass(slots=True)
class CacheCounts:
    """How often the cache had what was asked for."""

    memory_hits: int = 0
    disk_hits: int = 0
    misses: int = 0
    corrupted: int = 0
    evicted: int = 0
    """Removed from disk to make room."""

    @property
    def hit_rate(self) -> float:
        """The share of what was asked for that was there; 1.0 before anything was."""
        hits = self.memory_hits + self.disk_hits
        return hits / (hits + self.misses) if hits + self.misses else 1.0


def cache_key(speech: Speech, fingerprint: str) -> str:
    """The name of a rendering: text, language and the engine's fingerprint (engine, version, voice, settings)."""
    parts = (_RENDERING, speech.text, speech.language, speech.voice, f"{speech.speed:.3f}", fingerprint)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class CacheFigures:
    """The cache at one moment, for a page or a probe that tells figures."""

    hits: int
    misses: int
    hit_rate: float
    evicted: int
    corrupted: int
    memory_bytes: int
    disk_bytes: int
    disk_limit_bytes: int

    def __str__(self) -> str:
        memory, disk, limit = (size / _MEGABYTE for size in (self.memory_bytes, self.disk_bytes, self.disk_limit_bytes))
        return (
            f"{self.hits} hits, {self.misses} misses ({self.hit_rate:.1%}); {memory:.1f} MB in memory, "
            f"{disk:.1f} of {limit:.0f} MB on disk; {self.evicted} removed"
        )


class PromptCache:
    """Audio by key. Memory is looked up on the event loop; what touches the disk is for a thread.

    Both are bounded: what was used least recently goes first.
    """

    def __init__(self, folder: Path | None, *, memory_mb: float = 64, disk_mb: float = 512) -> None:
        self._folder = folder
        self.resize(memory_mb=memory_mb, disk_mb=disk_mb)
        self._memory: OrderedDict[str, Pcm] = OrderedDict()
        self._memory_bytes = 0
        self._disk_bytes: int | None = None
        self._pins: dict[object, frozenset[str]] = {}
        self._pinned: frozenset[str] = frozenset()
        self.counts = CacheCounts()

    @property
    def folder(self) -> Path | None:
        """Where it is kept on disk; None where it isn't."""
        return self._folder

    def __contains__(self, key: str) -> bool:
        """Whether memory has it; this counts as no use."""
        return key in self._memory

    @property
    def memory_bytes(self) -> int:
        """Audio in memory."""
        return self._memory_bytes

    @property
    def disk_bytes(self) -> int:
        """Audio on disk, as far as it is known: nothing is known before the first prompt is stored."""
        return self._disk_bytes or 0

    @property
    def figures(self) -> CacheFigures:
        """How it does."""
        had = self.counts
        hits = had.memory_hits + had.disk_hits
        bytes_ = (self._memory_bytes, self.disk_bytes, self._most_disk)
        return CacheFigures(hits, had.misses, had.hit_rate, had.evicted, had.corrupted, *bytes_)

    def resize(self, *, memory_mb: float, disk_mb: float) -> None:
        """Other limits, which hold from the next prompt that is kept."""
        self._most_memory = int(memory_mb * _MEGABYTE)
        self._most_disk = int(disk_mb * _MEGABYTE)

    def pin(self, keys: Iterable[str], *, by: object = None) -> None:
        """What is pinned is not removed to make room: never from disk, from memory after all others.

        These, and no others of those that it pinned before, by whoever pins; nothing: it needs none any more.
        """
        self._pins.pop(by, None)
        if pinned := frozenset(keys):
            self._pins[by] = pinned
        self._pinned = frozenset().union(*self._pins.values())

    def get(self, key: str, *, ahead: bool = False) -> Pcm | None:
        """From memory, at once. `ahead`: nobody waits for it, so that it does not count."""
        audio = self._memory.get(key)
        if audio:
            self._memory.move_to_end(key)
            self.counts.memory_hits += not ahead
        return audio

    def remember(self, key: str, audio: Pcm) -> None:
        """Keep in memory."""
        if len(audio.samples) > self._most_memory:
            return
        if old := self._memory.pop(key, None):
            self._memory_bytes -= len(old.samples)
        self._memory[key] = audio
        self._memory_bytes += len(audio.samples)
        while self._memory_bytes > self._most_memory:
            oldest = next((each for each in self._memory if each not in self._pinned), next(iter(self._memory)))
            self._memory_bytes -= len(self._memory.pop(oldest).samples)

    def load(self, key: str, *, ahead: bool = False) -> Pcm | None:
        """From disk (blocks). A file that is not whole is removed and counted: it is rendered again.

        `ahead`: nobody waits for it, so that it does not count.
        """
        audio = self._read(key) if self._folder else None
        if not ahead:
            self.counts.disk_hits += audio is not None
            self.counts.misses += audio is None
        return audio

    def _read(self, key: str) -> Pcm | None:
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        audio = _decoded(data)
        if audio is None:
            self.counts.corrupted += 1
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return audio

    def store(self, key: str, audio: Pcm) -> None:
        """To disk (blocks), whole or not at all. Raises `OSError` when it can't be written."""
        if self._folder is None:
            return
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = _encoded(audio)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
        self._trim(len(data))

    def _path(self, key: str) -> Path:
        return (self._folder or Path()) / key[:2] / f"{key}.pcm"

    def _trim(self, added: int) -> None:
        """Past the limit, remove the files unused for longest. Those in memory are in use, pinned ones stay."""
        if self._disk_bytes is not None and self._disk_bytes + added <= self._most_disk:
            self._disk_bytes += added
            return
        files = self._files()
        total = sum(size for *_, size, _ in files)
        if total > self._most_disk:
            for _, _, size, path in sorted(files):
                if total <= self._most_disk * _KEEP_SHARE:
                    break
                if path.stem not in self._pinned:
                    with contextlib.suppress(OSError):
                        path.unlink()
                        total -= size
                        self.counts.evicted += 1
        self._disk_bytes = total

    def _files(self) -> list[tuple[bool, float, int, Path]]:
        """Whether it is in memory, its last use, its bytes, its path. What an end of the process left is removed."""
        found = []
        for path in (self._folder or Path()).glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if path.suffix == ".pcm":
                    found.append((path.stem in self._memory, status.st_mtime, status.st_size, path))
                elif path.suffix == ".part" and status.st_mtime < time.time() - _LEFT_BEHIND_S:
                    path.unlink()
        return found


def _encoded(audio: Pcm) -> bytes:
    return _MAGIC + zlib.crc32(audio.samples).to_bytes(_CHECKSUM_BYTES) + audio.samples


def _decoded(data: bytes) -> Pcm | None:
    start = len(_MAGIC) + _CHECKSUM_BYTES
    samples = data[start:]
    checksum = int.from_bytes(data[len(_MAGIC) : start])
    if data[: len(_MAGIC)] != _MAGIC or not samples or len(samples) % 2 or zlib.crc32(samples) != checksum:
        return None
    return Pcm(TELEPHONE_RATE, samples)
