"""The recording of a call: a stereo WAV, left this phone, right the far end, by the time on the wire."""

from __future__ import annotations

import audioop
import wave
from collections.abc import Sequence
from pathlib import Path

from media.audio.pcm import TELEPHONE_RATE
from phones.mouth import Frame

REANCHOR_MS = 60
"""A talkspurt whose timestamps stray this far from its times of arrival is placed afresh."""


def write_tape(path: Path, own: Sequence[Frame], far: Sequence[Frame]) -> None:
    """Write both sides of a call. Nothing recorded gives an empty file."""
    start = min((frames[0].at for frames in (own, far) if frames), default=0.0)
    left, right = lay_out(own, start), lay_out(far, start)
    length = max(len(left), len(right))
    stereo = audioop.add(
        audioop.tostereo(left.ljust(length, b"\0"), 2, 1, 0), audioop.tostereo(right.ljust(length, b"\0"), 2, 0, 1), 2
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE_RATE)
        file.writeframes(stereo)


def lay_out(frames: Sequence[Frame], start: float) -> bytes:
    """One side's samples from `start` on.

    Frames of a stream follow their timestamps, from the arrival of the first: jitter does not tear words apart.
    """
    audio = bytearray()
    anchor: tuple[int, int, int] | None = None
    for frame in frames:
        arrived = round((frame.at - start) * TELEPHONE_RATE)
        position = arrived if anchor is None or anchor[0] != frame.ssrc else _by_timestamp(anchor, frame)
        if anchor is None or anchor[0] != frame.ssrc or abs(position - arrived) > REANCHOR_MS * TELEPHONE_RATE / 1000:
            position, anchor = arrived, (frame.ssrc, frame.timestamp, arrived)
        _put(audio, 2 * max(0, position), frame.samples)
    return bytes(audio)


def _by_timestamp(anchor: tuple[int, int, int], frame: Frame) -> int:
    _, timestamp, position = anchor
    return position + (frame.timestamp - timestamp + 0x80000000) % 0x100000000 - 0x80000000


def _put(audio: bytearray, at: int, samples: bytes) -> None:
    if len(audio) < at:
        audio.extend(bytes(at - len(audio)))
    audio[at : at + len(samples)] = samples
