"""Rendered prompts, kept in memory and on disk. 8 kHz audio, found by all that decides how it sounds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.tts.protocol import Speech

_MAGIC = b"MPC1"
_CHECKSUM_BYTES = 4
_RENDERING = "3"
"""Changed with what is done to an engine's audio, so that nothing from before is found."""
_MEGABYTE = 1024 * 1024
_KEEP_SHARE = 0.9
"""How full the disk cache is after its oldest files were removed."""


@dataclass(slots=True)
class CacheCounts:
    """How often the cache had what was asked for."""

    memory_hits: int = 0
    disk_hits: int = 0
    misses: int = 0
    corrupted: int = 0


def cache_key(speech: Speech, fingerprint: str) -> str:
    """The name of a rendering: text, language and the engine's fingerprint (engine, version, voice, settings)."""
    parts = (_RENDERING, speech.text, speech.language, speech.voice, f"{speech.speed:.3f}", fingerprint)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


class PromptCache:
    """Audio by key. Memory is looked up on the event loop; what touches the disk is for a thread.

    Both are bounded: what was used least recently goes first.
    """

    def __init__(self, folder: Path | None, *, memory_mb: float = 64, disk_mb: float = 512) -> None:
        self._folder = folder
        self._most_memory = int(memory_mb * _MEGABYTE)
        self._most_disk = int(disk_mb * _MEGABYTE)
        self._memory: OrderedDict[str, Pcm] = OrderedDict()
        self._memory_bytes = 0
        self._disk_bytes: int | None = None
        self.counts = CacheCounts()

    @property
    def folder(self) -> Path | None:
        """Where it is kept on disk; None where it isn't."""
        return self._folder

    def get(self, key: str) -> Pcm | None:
        """From memory, at once."""
        audio = self._memory.get(key)
        if audio:
            self._memory.move_to_end(key)
            self.counts.memory_hits += 1
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
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest.samples)

    def load(self, key: str) -> Pcm | None:
        """From disk (blocks). A file that is not whole is removed and counted: it is rendered again."""
        if self._folder is None:
            self.counts.misses += 1
            return None
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            self.counts.misses += 1
            return None
        audio = _decoded(data)
        if audio is None:
            self.counts.corrupted += 1
            self.counts.misses += 1
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        self.counts.disk_hits += 1
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
        """Remove the files unused for longest once the limit is passed."""
        if self._disk_bytes is not None and self._disk_bytes + added <= self._most_disk:
            self._disk_bytes += added
            return
        files = []
        for path in (self._folder or Path()).glob("*/*.pcm"):
            with contextlib.suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        if total > self._most_disk:
            for _, size, path in sorted(files):
                if total <= self._most_disk * _KEEP_SHARE:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size
        self._disk_bytes = total


def _encoded(audio: Pcm) -> bytes:
    return _MAGIC + zlib.crc32(audio.samples).to_bytes(_CHECKSUM_BYTES) + audio.samples


def _decoded(data: bytes) -> Pcm | None:
    start = len(_MAGIC) + _CHECKSUM_BYTES
    samples = data[start:]
    checksum = int.from_bytes(data[len(_MAGIC) : start])
    if data[: len(_MAGIC)] != _MAGIC or not samples or len(samples) % 2 or zlib.crc32(samples) != checksum:
        return None
    return Pcm(TELEPHONE_RATE, samples)
