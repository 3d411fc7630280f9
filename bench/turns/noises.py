"""Noises of a caller's place, synthesised: each is noise or damped tones under an envelope of its kind, drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.turns.sounds import RATE, Sound, at_level, band, in_a_room, laid, silence

Chance = np.random.Generator


def white(duration_s: float, chance: Chance) -> Sound:
    return chance.normal(size=round(duration_s * RATE)) * 0.1


def kitchen(duration_s: float, chance: Chance) -> Sound:
    """A fan's hum (50 Hz and its harmonics), its rush (falling by 6 dB an octave), and dishes now and then."""
    count = round(duration_s * RATE)
    at = np.arange(count) / RATE
    hum = sum(np.sin(2 * np.pi * 50 * n * at + chance.uniform(0, 6)) / n for n in range(2, 12))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    rush = np.fft.irfft(np.fft.rfft(chance.normal(size=count)) / np.maximum(hertz, 150), count)
    place = np.asarray(0.02 * hum + 0.05 * rush / rush.std())
    for _ in range(chance.poisson(duration_s * 0.8)):
        place = laid(place, _dish(chance) * chance.uniform(0.02, 0.08), chance.uniform(0, duration_s))
    return place


def cough(chance: Chance) -> Sound:
    """One to three coughs: a burst of 30 to 50 ms, then breath of 150 to 300 ms with a weak, falling voice in it."""
    whole = silence(0)
    for _ in range(chance.integers(1, 4)):
        burst = chance.normal(size=round(chance.uniform(0.03, 0.05) * RATE))
        at = np.arange(round(chance.uniform(0.15, 0.3) * RATE)) / RATE
        pitch = chance.uniform(140, 260)
        voice = np.sign(np.sin(2 * np.pi * (pitch - 150 * at) * at)) * 0.25
        breath = (chance.normal(size=len(at)) * 0.5 + voice) * np.exp(-at / 0.09)
        whole = np.concatenate((whole, burst, breath, silence(chance.uniform(0.1, 0.3))))
    return at_level(band(whole, 250, 3000), -20)


def clatter(chance: Chance) -> Sound:
    """Dishes for 0.3 to 1.5 s: struck three to ten times."""
    length = chance.uniform(0.3, 1.5)
    whole = silence(length + 0.4)
    for _ in range(chance.integers(3, 11)):
        whole = laid(whole, _dish(chance), chance.uniform(0, length))
    return at_level(whole, -22)


def slam(chance: Chance) -> Sound:
    """A door: a click, and a low thud that dies away within 0.3 s."""
    at = np.arange(round(0.4 * RATE)) / RATE
    thud = band(chance.normal(size=len(at)), 60, chance.uniform(250, 600)) * np.exp(-at / chance.uniform(0.05, 0.12))
    click = band(chance.normal(size=len(at)), 800, 3400) * np.exp(-at / 0.008)
    return at_level(3 * thud + click, -16)


def babble(voices: Sequence[Sound], duration_s: float, chance: Chance) -> Sound:
    """Many people in a room at once."""
    whole = silence(duration_s)
    for voice in voices:
        heard = in_a_room(np.tile(voice, 1 + round(duration_s * RATE) // len(voice)), chance)
        whole = whole + np.roll(heard, chance.integers(len(heard)))[: len(whole)]
    return whole


def _dish(chance: Chance) -> Sound:
    """Something struck: three to six tones of 900 to 3500 Hz that ring for 20 to 120 ms."""
    at = np.arange(round(0.4 * RATE)) / RATE
    tones = (
        np.sin(2 * np.pi * chance.uniform(900, 3500) * at) * np.exp(-at / chance.uniform(0.02, 0.12))
        for _ in range(chance.integers(3, 7))
    )
    return np.asarray(sum(tones))
