"""Audio to say: Asterisk's own human recordings, WAV files, silence, joined."""

from __future__ import annotations

from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.wav import read_wav
from phones.errors import PhoneError


def recording(sounds: Path, name: str) -> Pcm:
    """One of Asterisk's core sounds by its name ("digits/1", "vm-goodbye").

    `sounds` is the folder of one voice, or one above it. Raises `PhoneError` when there
    is no such recording.
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
