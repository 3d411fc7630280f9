"""What scenes are made of: speech cut to where it is, levels, bands, rooms. 16-bit 8 kHz audio as floats of ±1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 8000
STEP = RATE // 100
"""Samples of 10 ms."""
BELOW_LOUDEST_DB = 30.0
"""Speech is what is no more than this below its loudest 10 ms."""

Sound = npt.NDArray[np.float64]


def seconds(sound: Sound) -> float:
    return len(sound) / RATE


def silence(duration_s: float) -> Sound:
    return np.zeros(round(duration_s * RATE))


def from_pcm(samples: npt.NDArray[np.int16]) -> Sound:
    return samples.astype(np.float64) / 32768


def to_pcm(sound: Sound) -> bytes:
    return np.clip(np.round(sound * 32768), -32768, 32767).astype("<i2").tobytes()


def active(sound: Sound) -> npt.NDArray[np.bool_]:
    """Which steps of 10 ms hold speech."""
    count = len(sound) // STEP
    power = (sound[: count * STEP].reshape(count, STEP) ** 2).mean(axis=1) + 1e-12
    kept: npt.NDArray[np.bool_] = power > power.max() * 10 ** (-BELOW_LOUDEST_DB / 10)
    return kept


def trimmed(sound: Sound) -> Sound:
    """From the first to the last step that holds speech."""
    places = np.flatnonzero(active(sound))
    return sound[places[0] * STEP : (places[-1] + 1) * STEP]


def pauses(sound: Sound, least_s: float) -> list[float]:
    """Lengths of the silences within, in seconds."""
    places = np.flatnonzero(active(sound))
    gaps = (np.diff(places) - 1) / 100
    return [float(gap) for gap in gaps if gap >= least_s]


def level_db(sound: Sound) -> float:
    """dBFS of the parts that hold speech."""
    steps = sound[: len(sound) // STEP * STEP].reshape(-1, STEP)
    return float(10 * np.log10((steps[active(sound)] ** 2).mean() + 1e-12))


def at_level(sound: Sound, dbfs: float) -> Sound:
    return sound * 10 ** ((dbfs - level_db(sound)) / 20)


def louder(sound: Sound, db: float) -> Sound:
    return np.asarray(sound * 10 ** (db / 20))


def band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    """What is between two frequencies; the edges fall over a tenth of each."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    rise = np.clip((hertz - 0.9 * low_hz) / (0.1 * low_hz + 1e-9), 0, 1)
    fall = np.clip((1.1 * high_hz - hertz) / (0.1 * high_hz), 0, 1)
    return np.fft.irfft(spectrum * rise * fall, len(sound))


def in_a_room(sound: Sound, chance: np.random.Generator, decay_s: float = 0.4) -> Sound:
    """As it arrives from across a room: reverberant, without its direct part."""
    at = np.arange(round(decay_s * RATE)) / RATE
    room = chance.normal(size=len(at)) * np.exp(-6.9 * at / decay_s)
    size = len(sound) + len(room) - 1
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room / np.sqrt((room**2).sum()), size), size)


def laid(under: Sound, over: Sound, at_s: float) -> Sound:
    """One over the other, from a time on; what would go past the end is left out."""
    start = round(at_s * RATE)
    piece = over[: max(0, len(under) - start)]
    mixed = under.copy()
    mixed[start : start + len(piece)] += piece
    return mixed
