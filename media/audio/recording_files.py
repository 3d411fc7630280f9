"""A stereo file that grows while a call lasts, and that players can open at any time: WAV, FLAC or Ogg Opus.

The path's suffix says which. Until `close` the file is `NAME.part` beside its place, complete up to the last `write`
(Opus: but for a second or so); then it has its name. What a crash left is put in its place by `finish_orphans`.
"""

from __future__ import annotations

import os
import struct
import wave
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import soundfile

from media.audio.pcm import TELEPHONE_RATE

CHANNELS = 2
FRAME_BYTES = CHANNELS * 2
"""Of one sample of both sides."""
PART = ".part"
_FLAC_TOTAL = 21
"""Where FLAC's STREAMINFO keeps the number of samples: the low 36 bits of the five bytes from here (RFC 9639, 8.2)."""
_FLAC_BLOCK = 10
"""Where it keeps the longest block, in samples: two bytes, big-endian."""


class RecordingFile(Protocol):
    """Blocks: used in the writer's thread. Methods raise `OSError`, or what the encoder raises."""

    def write(self, samples: bytes) -> None:
        """Append left and right by turns (16-bit linear at 8 kHz); it is in the file afterwards."""

    def close(self) -> None:
        """Complete the file, still under its `.part` name."""


def part_of(path: Path) -> Path:
    """Where a recording grows."""
    return path.with_name(path.name + PART)


def create(path: Path) -> RecordingFile:
    """Begin the recording that will be `path`, making its folder. Raises `OSError`; `ValueError` for its suffix."""
    kinds: dict[str, Callable[[Path], RecordingFile]] = {".wav": _Wav, ".flac": _Flac, ".opus": _Opus}
    if path.suffix not in kinds:
        raise ValueError(f"{path}: expected a recording's name to end in {', '.join(kinds)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return kinds[path.suffix](part_of(path))


def publish(path: Path) -> None:
    """Give a closed recording its name. Raises `OSError`."""
    part_of(path).replace(path)


def finish_orphans(folder: Path) -> Iterator[tuple[Path, float]]:
    """Put what a crash left into its place: each file, and the seconds that can be played (0.0: kept as it was).

    For a start, before there are calls. Blocks. Raises `OSError`.
    """
    for part in sorted(folder.rglob(f"*{PART}")):
        playable_s = _playable_s(part)
        path = part.with_name(part.name.removesuffix(PART))
        if playable_s and not path.exists():
            part.replace(path)
            yield path, playable_s
        else:
            yield part, 0.0


def _playable_s(path: Path) -> float:
    try:
        with soundfile.SoundFile(path) as file:
            return float(file.frames / file.samplerate)
    except (soundfile.SoundFileError, OSError):
        return 0.0


class _Wav:
    """The standard library brings the header up to date at every write."""

    def __init__(self, path: Path) -> None:
        self._file = wave.open(str(path), "wb")  # noqa: SIM115
        self._file.setnchannels(CHANNELS)
        self._file.setsampwidth(2)
        self._file.setframerate(TELEPHONE_RATE)

    def write(self, samples: bytes) -> None:
        self._file.writeframes(samples)

    def close(self) -> None:
        self._file.close()


class _Encoded:
    """libsndfile's."""

    def __init__(self, path: Path, kind: str, subtype: str) -> None:
        self._file = soundfile.SoundFile(path, "w", TELEPHONE_RATE, CHANNELS, subtype, format=kind)

    def write(self, samples: bytes) -> None:
        self._file.buffer_write(samples, "int16")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class _Opus(_Encoded):
    """A page of Ogg is complete in itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "OGG", "OPUS")


class _Flac(_Encoded):
    """Its encoder tells the length only at the end, without which some readers refuse the file: it is told here."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "FLAC", "PCM_16")
        self._path = path
        self._samples = 0

    def write(self, samples: bytes) -> None:
        super().write(samples)
        self._samples += len(samples) // FRAME_BYTES
        with closing(os.fdopen(os.open(self._path, os.O_RDWR), "r+b", buffering=0)) as header:
            _tell_length(header.fileno(), self._samples)


def _tell_length(file: int, samples: int) -> None:
    """So many samples, down to the last whole block: the encoder keeps the rest back."""
    (block,) = struct.unpack(">H", os.pread(file, 2, _FLAC_BLOCK))
    first = os.pread(file, 1, _FLAC_TOTAL)
    written = samples - samples % block if block else 0
    os.pwrite(
        file, bytes([first[0] & 0xF0 | written >> 32 & 0x0F]) + struct.pack(">I", written & 0xFFFFFFFF), _FLAC_TOTAL
    )
