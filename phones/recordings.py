"""Audio to say: Asterisk's own human recordings, WAV files, silence, joined."""

from __future__ import annotations

import audioop
import wave
from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE, Pcm
from phones.errors import PhoneError


def read_wav(path: Path) -> Pcm:
    """A 16-bit WAV file of any rate and one or two channels, as 8 kHz mono.

    Raises `PhoneError` when it can't be read.
    """
    try:
        with wave.open(str(path), "rb") as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            samples = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise PhoneError(f"{path}: expected a WAV file: {error}") from error
    if width != 2 or channels not in (1, 2):
        raise PhoneError(f"{path}: expected 16-bit mono or stereo, got {8 * width}-bit with {channels} channels")
    if channels == 2:
        samples = audioop.tomono(samples, 2, 0.5, 0.5)
    if rate != TELEPHONE_RATE:
        samples, _ = audioop.ratecv(samples, 2, 1, rate, TELEPHONE_RATE, None)
    return Pcm(TELEPHONE_RATE, samples)


def recording(sounds: Path, name: str) -> Pcm:
    """One of Asterisk's core sounds by its name ("digits/1", "vm-goodbye").

    `sounds` is the folder of one voice, or one above it. Raises `PhoneError` when there is no such recording.
    """
    candidates = [sounds / f"{name}.wav", *sorted(sounds.glob(f"*/{name}.wav"))]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise PhoneError(f"expected a recording {name}.wav in {sounds}: is asterisk-core-sounds-en-wav installed?")
    return read_wav(found)


def silence(duration_ms: int) -> Pcm:
    """So many milliseconds of nothing."""
    return Pcm(TELEPHONE_RATE, bytes(2 * TELEPHONE_RATE * duration_ms // 1000))


def join(*clips: Pcm) -> Pcm:
    """One after the other. All must be at 8 kHz."""
    wrong = [clip.rate for clip in clips if clip.rate != TELEPHONE_RATE]
    if wrong:
        raise ValueError(f"expected clips at {TELEPHONE_RATE} Hz, got one at {wrong[0]} Hz")
    return Pcm(TELEPHONE_RATE, b"".join(clip.samples for clip in clips))
