"""Sound files: any PCM WAV in, 8 kHz mono out, as it is or made fit to be said; a turn's recording written."""

from __future__ import annotations

import audioop
import wave
from functools import lru_cache
from pathlib import Path

from media.audio.level import MUSIC_LUFS
from media.audio.mastering import mastered
from media.audio.music import LONGEST_S, seamless
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.resample import to_telephone

CACHED_FILES = 256
CACHED_MUSIC = 16
LARGEST_BYTES = 64 * 1024 * 1024
"""Of a file: six minutes of stereo at 44.1 kHz."""


class SoundFileError(Exception):
    """A sound file that can't be played: which, and why."""


def read_wav(path: Path) -> Pcm:
    """The file as 8 kHz mono. Blocks: call it off the loop.

    Takes 8- to 32-bit PCM, one channel or two, any rate. Raises `SoundFileError`.
    """
    return _telephone(path, version(path))


def read_prompt(path: Path) -> Pcm:
    """The file as it is said: in the telephone's band, at the level of speech, without a hard edge. As `read_wav`."""
    return _prompt(path, version(path))


def read_music(path: Path) -> bytes:
    """The file as a loop of hold music, somewhat quieter than speech. As `read_wav`."""
    return _music(path, version(path))


def version(path: Path) -> int:
    """When the file was changed, in nanoseconds. Raises `SoundFileError` where there is none, or too large a one."""
    try:
        status = path.stat()
    except OSError as error:
        raise SoundFileError(f"{path}: {error.strerror}") from error
    if status.st_size > LARGEST_BYTES:
        raise SoundFileError(f"{path}: expected at most {LARGEST_BYTES} bytes, got {status.st_size}")
    return status.st_mtime_ns


@lru_cache(CACHED_FILES)
def _telephone(path: Path, _modified_ns: int) -> Pcm:
    return to_telephone(_read(path))


@lru_cache(CACHED_FILES)
def _prompt(path: Path, _modified_ns: int) -> Pcm:
    return mastered(_read(path))


@lru_cache(CACHED_MUSIC)
def _music(path: Path, _modified_ns: int) -> bytes:
    audio = _read(path)
    longest = Pcm(audio.rate, audio.samples[: LONGEST_S * audio.rate * 2])
    return seamless(mastered(longest, MUSIC_LUFS))


def _read(path: Path) -> Pcm:
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
    return Pcm(rate, linear)


def write_wav(path: Path, samples: bytes) -> None:
    """Write 8 kHz mono audio, making the folder. Blocks. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE_RATE)
        file.writeframes(samples)
