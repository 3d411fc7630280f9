"""Make sounds/hold.wav, the shop's hold tune: python tools/hold_music.py [FILE]

Twelve seconds, four chords, soft plucked notes over a pad; 8 kHz mono at -20 dBFS. Notes ring on over the end into the
beginning, so that it can be played over and over.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
LEVEL_DBFS = -20.0
CHORD_S, NOTE_S = 3.0, 0.375
CHORDS = ((48, 55, 60, 64, 67), (45, 52, 57, 60, 64), (41, 48, 57, 60, 65), (43, 50, 59, 62, 67))
"""MIDI notes, the bass first: C, A minor, F, G."""
PATTERN = (1, 2, 3, 4, 3, 2, 3, 2)
"""Which note of its chord each pluck is."""
Audio = NDArray[np.float64]


def tune() -> Audio:
    """The whole loop."""
    audio = np.zeros(round(RATE * CHORD_S * len(CHORDS)))
    for index, chord in enumerate(CHORDS):
        start_s = index * CHORD_S
        for note in chord[:3]:
            _add(audio, _pad(note), start_s)
        for step, place in enumerate(PATTERN):
            _add(audio, _pluck(chord[place] + 12), start_s + step * NOTE_S)
    return audio * (10 ** (LEVEL_DBFS / 20) / float(np.sqrt(np.mean(audio**2))))


def _pluck(note: int) -> Audio:
    time = np.arange(round(RATE * 1.6)) / RATE
    soft_start = np.minimum(time / 0.012, 1.0)
    return 0.5 * soft_start * np.exp(-3.2 * time) * _voice(note, time, (1.0, 0.35, 0.1))


def _pad(note: int) -> Audio:
    time = np.arange(round(RATE * (CHORD_S + 0.8))) / RATE
    swell = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.8)
    return 0.16 * swell * _voice(note, time, (1.0, 0.3))


def _voice(note: int, time: Audio, partials: tuple[float, ...]) -> Audio:
    hertz = 440.0 * 2 ** ((note - 69) / 12)
    voice = np.zeros(len(time))
    for number, loud in enumerate(partials, 1):
        voice += loud * np.sin(2 * np.pi * hertz * number * time)
    return voice


def _add(audio: Audio, sound: Audio, at_s: float) -> None:
    """Lay a sound over the loop; what goes over its end comes at its beginning."""
    places = (round(at_s * RATE) + np.arange(len(sound))) % len(audio)
    np.add.at(audio, places, sound)


def main() -> None:
    """Write the file."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "sounds/hold.wav")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(tune(), -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
