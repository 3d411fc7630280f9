"""How loud both sides were, every 20 ms of a call: from its recording where it was kept, else from its flight log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from media.audio.pcm import FRAME_MS, FRAME_SAMPLES, TELEPHONE_RATE
from media.flight.story import FRAME_S, Story

_FULL = 32768.0
_CREST = 2.5
"""Peaks of speech over its root mean square, about."""
Peaks = NDArray[np.float64]
"""Each frame's highest sample, 0 to 1."""


class RecordingError(Exception):
    """A recording that can't be drawn: which, and why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Both sides from the call's first record on."""

    caller: Peaks
    agent: Peaks


def from_log(story: Story) -> Envelope:
    """Of the levels that the log has."""
    return Envelope(_peaks(story, story.caller_levels), _peaks(story, story.agent_levels))


def from_recording(story: Story, path: Path) -> Envelope:
    """Of a stereo recording, caller left, whose first frame is that of the first tick. Raises `RecordingError`."""
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise RecordingError(f"{path}: expected a recording, got: {error}") from error
    if samples.shape[1] != 2 or rate != TELEPHONE_RATE:
        found = f"{samples.shape[1]} at {rate} Hz"
        raise RecordingError(f"{path}: expected 2 channels at {TELEPHONE_RATE} Hz, got {found}")
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES, 2)
    peaks = np.abs(frames.astype(np.int32)).max(axis=1) / _FULL if len(frames) else np.zeros((0, 2))
    early_ms = float(story.statistics.get("delay_ms") or 0.0)
    return Envelope(
        _placed(peaks[:, 0], story.talk_start - early_ms / 1000, story.length),
        _placed(peaks[:, 1], story.talk_start, story.length),
    )


def _placed(peaks: Peaks, start: float, length: float) -> Peaks:
    """The caller's frames are recorded as they leave the jitter buffer: `start` takes that delay back."""
    placed = np.zeros(int(length * 1000 / FRAME_MS) + 1)
    first = round(start * 1000 / FRAME_MS)
    taken = peaks[max(0, -first) :][: len(placed) - max(0, first)]
    placed[max(0, first) : max(0, first) + len(taken)] = taken
    return placed


def _peaks(story: Story, levels: tuple[tuple[float, int], ...]) -> Peaks:
    placed = np.zeros(int(story.length / FRAME_S) + 1)
    for at, level in levels:
        place = int(at / FRAME_S)
        if 0 <= place < len(placed):
            placed[place] = max(placed[place], min(1.0, level * _CREST / _FULL))
    return placed
