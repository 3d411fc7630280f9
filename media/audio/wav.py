"""Sound files: any PCM WAV in, 8 kHz mono out; a turn's recording written."""

from __future__ import annotations

import audioop
import wave
from functools import lru_cache
from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.resample import to_telephone

CACHED_FILES = 256
LARGEST_BYTES = 64 * 1024 * 1024
"""Of a file: six minutes of stereo at 44.1 kHz."""


class SoundFileError(Exception):
    """A sound file that can't be played: which, and why."""


def read_wav(path: Path) -> Pcm:
    """The file as 8 kHz mono. Blocks: call it off the loop.

    Takes 8- to 32-bit PCM, one channel or two, any rate. Raises `SoundFileError`.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise SoundFileError(f"{path}: {error.strerror}") from error
    if status.st_size > LARGEST_BYTES:
        raise SoundFileError(f"{path}: expected at most {LARGEST_BYTES} bytes, got {status.st_size}")
    return _read(path, status.st_mtime_ns)


@lru_cache(CACHED_FILES)
def _read(path: Path, _modified_ns: int) -> Pcm:
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SoundFileError(f"{path}: expected a PCM WAV file, got: {error}") from error
    if channels not in (1, 2):
        raise SoundFileError(f"{path}: expected one channel or two, got {channels}")
    raw = raw[: len(raw) - len(raw) % (width * channels)]
    if width == 1:
        raw = audioop.bias(raw, 1, -128)
    linear = audioop.lin2lin(raw, width, 2)
    if channels == 2:
        linear = audioop.tomono(linear, 2, 0.5, 0.5)
    return to_telephone(Pcm(rate, linear))


def write_wav(path: Path, samples: bytes) -> None:
    """Write 8 kHz mono audio, making the folder. Blocks. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE_RATE)
        file.writeframes(samples)
