"""Trials of closed lists on Asterisk's human recordings: who says what, to which list, over what line."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media.asr.closed_list import as_samples
from media.asr.grammar import words_of
from media.asr.sound import Samples
from media.audio.g711 import ALAW
from media.audio.pcm import FRAME_BYTES
from media.audio.wav import read_wav

SIZES = (2, 3, 5, 10)
LONG_WORDS = 5
LISTED, UNLISTED, SENTENCE = "listed", "unlisted", "sentence"
_LOST, _SNR_DB = 0.05, 20.0


@dataclass(frozen=True)
class Recording:
    name: str
    text: str
    samples: Samples

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Trial:
    kind: str
    recording: Recording
    phrases: tuple[str, ...]
    size: int


def recordings(sounds: Path, texts: Path) -> list[Recording]:
    """Each text once, by its text."""
    found: dict[str, Recording] = {}
    with gzip.open(texts, "rt", encoding="latin-1") as lines:
        for line in lines:
            name, _, said = line.partition(":")
            spoken = re.sub(r"\[.*?\]|<.*?>|\(.*?\)", "", said)
            text = " ".join(words_of(spoken))
            file = sounds / f"{name.strip()}.wav"
            single_letter = name.startswith("letters/") and len(text) == 1
            if line.startswith(";") or not text or text in found or single_letter or not file.exists():
                continue
            found[text] = Recording(name.strip(), text, as_samples(read_wav(file).samples))
    return sorted(found.values(), key=lambda recording: recording.text)


def trials(pool: Sequence[Recording], sizes: Sequence[int], lists: int, every: int, seed: int) -> Iterator[Trial]:
    """For each recording `lists` random lists of each size with its phrase, and as many without any word of it."""
    chance = np.random.default_rng(seed)
    short = [r for r in pool if len(r.text.split()) < LONG_WORDS and 0.3 < len(r.samples) / 8000 < 3]
    long = [r for r in pool if len(r.text.split()) >= LONG_WORDS and len(r.samples) / 8000 < 5]
    for recording in (*short[::every], *long[::every]):
        sentence = len(recording.text.split()) >= LONG_WORDS
        for size in (size for size in sizes for _ in range(lists)):
            others = [short[at].text for at in chance.permutation(len(short)) if short[at] is not recording]
            words = set(recording.text.split())
            strange = tuple(text for text in others if not words & set(text.split()))[:size]
            if not sentence:
                listed = tuple(sorted([recording.text, *others[: size - 1]]))
                yield Trial(LISTED, recording, listed, size)
            yield Trial(SENTENCE if sentence else UNLISTED, recording, strange, size)


def _a_law(samples: Samples, _chance: np.random.Generator) -> Samples:
    coded = ALAW.encoder().encode(samples.astype("<i2").tobytes())
    return as_samples(ALAW.decoder().decode(coded))


def _noise(samples: Samples, chance: np.random.Generator) -> Samples:
    """Noise whose power falls by 3 dB an octave, 20 dB below the speech."""
    shape = np.fft.rfft(chance.normal(size=len(samples)))
    shape[1:] /= np.sqrt(np.arange(1, len(shape)))
    noise = np.fft.irfft(shape, len(samples))
    loud = np.abs(samples.astype(float)) > 0.05 * np.abs(samples).max()
    level = np.sqrt((samples[loud].astype(float) ** 2).mean()) * 10 ** (-_SNR_DB / 20)
    heard: Samples = np.clip(samples + noise / noise.std() * level, -32768, 32767).astype(np.int16)
    return heard


def _loss(samples: Samples, chance: np.random.Generator) -> Samples:
    """One frame of 20 ms in twenty is silent: nothing conceals it."""
    heard = samples.copy()
    frame = FRAME_BYTES // 2
    for start in range(0, len(samples), frame):
        if chance.random() < _LOST:
            heard[start : start + frame] = 0
    return heard


def _telephone(samples: Samples, chance: np.random.Generator) -> Samples:
    return _a_law(_loss(_noise(samples, chance), chance), chance)


LINES: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "clean": lambda samples, _: samples,
    "alaw": _a_law,
    "noise": _noise,
    "loss": _loss,
    "all": _telephone,
}
"""What the line does to the speech."""
