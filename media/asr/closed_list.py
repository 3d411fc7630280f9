"""Closed lists on pocketsphinx's acoustic model: which phrase fills the audio best, and what speaks for it.

Every phrase is laid over the audio, and beside them phones in any order. A phrase that was said comes near to what any
phones reach, well before the next phrase, and fills the audio at the pace of speech (media.asr.judgement).
Runs in a worker process: its many small steps hold the interpreter's lock.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from media.asr.cepstra import Cepstra
from media.asr.grammar import words_of
from media.asr.lexicon import read_lexicon
from media.asr.likelihoods import Gaussians, Senones
from media.asr.phone_search import Chains, Way, chain_of, free, possible
from media.asr.sound import Samples, spoken_part
from media.asr.sphinx_model import SILENCE, Floats, model_folder, read_model

_MOST_LISTS = 64
_SHORTEST, _LONGEST = 12, 600
"""Steps (10 ms) of speech that a listed phrase may take."""
_AT_ONCE = 32
"""Steps whose likelihoods are computed together: bounds the memory, and how late it is seen that nobody waits."""
_NO_OTHER = 5.0
"""The margin of a list's only phrase: as large as it commonly is where there are two."""
_MOST_CHOICES = 10
"""The weights were fitted on no longer lists; held against a phrase of forty, the others refuse it too often."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the phrase that fits best. Likelihoods are natural logs per step of 10 ms."""

    fit: float
    """Likelihood of the phrase over that of phones in any order; 0 is best."""
    sounds: float
    """The same against the likeliest phone of each step, mean over the phrase's phones; 0 is best."""
    margin: float
    """Log of 1 + the likelihood of all steps over that of the next phrase."""
    cover: float
    """Share of the audio that its phones take, the rest being silence."""
    pace: float
    """How far its phones are from their usual lengths, mean log ratio."""
    choices: float
    """Log of how many phrases the list has, ten at most: of more, one fits what is strange to it by chance."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The listed phrase that fits best, "" where there was no speech or nothing fits, and what speaks for it."""

    phrase: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class _List:
    phrases: tuple[str, ...]
    owner: NDArray[np.int64]
    """For each chain, which phrase it is a pronunciation of."""
    chains: Chains
    senones: Senones
    """Those of the chains, then those of each phone by itself."""


class ClosedLists:
    """One reader of turns. `hear` blocks for some 30 ms; a list that is new to it costs a few more."""

    def __init__(self) -> None:
        folder = model_folder()
        self._model = read_model(folder / "en-us")
        self._lexicon = read_lexicon(folder / "cmudict-en-us.dict")
        self._cepstra = Cepstra(self._model)
        self._gaussians = Gaussians(self._model)
        self._usual = (1 / (1 - np.exp(self._model.moves[:, :, 0]))).sum(axis=1)
        self._lists: OrderedDict[tuple[str, ...], _List | None] = OrderedDict()

    def hear(self, samples: Samples, phrases: Sequence[str], is_wanted: Callable[[], bool] = lambda: True) -> Heard:
        """Which of `phrases` is said in 16-bit 8 kHz `samples`. Nothing, soon, once it is no longer wanted."""
        audio, steps = spoken_part(samples)
        known = self.learnt(phrases) if _SHORTEST <= steps <= _LONGEST else None
        if known is None:
            return Heard("")
        scored = self._scored(audio, known, is_wanted)
        if scored is None:
            return Heard("")
        scores, alone = scored
        totals, came = known.chains.walked(scores)
        if not possible(float(totals.max())) or not is_wanted():
            return Heard("")
        return self._judged(known, (totals, came, scores), alone)

    def _scored(self, audio: Samples, known: _List, is_wanted: Callable[[], bool]) -> tuple[Floats, Floats] | None:
        """Likelihoods of the list's senones and of phones alone, bit by bit; None once not wanted."""
        features = self._cepstra.features(audio)
        parts: list[Floats] = []
        for start in range(0, len(features), _AT_ONCE):
            if not is_wanted():
                return None
            parts.append(known.senones.scored(self._gaussians.of(features[start : start + _AT_ONCE])))
        listed, alone = np.split(np.concatenate(parts), [len(known.chains.senones)], axis=1)
        return listed, alone

    def learnt(self, phrases: Sequence[str]) -> _List | None:
        """The list, made ready. None when no phrase of it is English."""
        key = tuple(phrases)
        if key not in self._lists:
            self._lists[key] = self._made(key)
            if len(self._lists) > _MOST_LISTS:
                self._lists.popitem(last=False)
        self._lists.move_to_end(key)
        return self._lists[key]

    def _made(self, phrases: tuple[str, ...]) -> _List | None:
        listed: dict[str, str] = {}
        for phrase in phrases:
            if words := words_of(phrase):
                listed.setdefault(" ".join(words), phrase)
            else:
                _log.warning("phrase left out, not English text: %d characters", len(phrase))
        ways = [(at, way) for at, said in enumerate(listed) for way in self._lexicon.ways(said) if any(way)]
        if not ways:
            return None
        chains = Chains([chain_of(way, self._model) for _, way in ways], self._model)
        owner = np.array([at for at, _ in ways])
        senones = np.concatenate([chains.senones, self._model.phones.alone.reshape(-1)])
        return _List(tuple(listed.values()), owner, chains, Senones(self._model, senones))

    def _judged(self, known: _List, walked: tuple[Floats, NDArray[np.int8], Floats], alone: Floats) -> Heard:
        totals, came, scores = walked
        steps = len(scores)
        best = int(totals.argmax())
        total = float(totals[best])
        others = totals[known.owner != known.owner[best]]
        by_phone = alone.reshape(steps, *self._model.phones.alone.shape)
        way = known.chains.way(best, came)
        spoken = self._spoken(known, best, way)
        sounds = scores[np.arange(steps), way.columns] - alone.max(axis=1)
        evidence = Evidence(
            fit=(total - free(by_phone, self._model)) / steps,
            sounds=float(np.mean([sounds[start:end].mean() for _, start, end in spoken])),
            margin=math.log1p(max(0.0, total - float(others.max()))) if len(others) else _NO_OTHER,
            cover=sum(end - start for _, start, end in spoken) / steps,
            pace=float(np.mean([abs(math.log((end - start) / self._usual[phone])) for phone, start, end in spoken])),
            choices=math.log(min(_MOST_CHOICES, len(known.phrases))),
        )
        return Heard(known.phrases[known.owner[best]], evidence)

    def _spoken(self, known: _List, best: int, way: Way) -> list[tuple[int, int, int]]:
        """The phones of the best way that are no silence: which, first step, step after the last."""
        silence = self._model.phones.number[SILENCE]
        chain = known.chains.chains[best]
        bounds = [0, *(np.flatnonzero(np.diff(way.links)) + 1).tolist(), len(way.links)]
        parts = [(chain[way.links[start]].phone, start, end) for start, end in pairwise(bounds)]
        return [part for part in parts if part[0] != silence]


def as_samples(data: bytes) -> Samples:
    """16-bit little-endian audio as numbers."""
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
