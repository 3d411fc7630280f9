"""pocketsphinx on one closed list after another: runs in a worker process, for it holds the interpreter's lock.

The list and some decoy words share one grammar: what is not on the list is drawn to a decoy. A phrase that wins is
weighed by three signs that it fills the caller's audio as speech does (media.asr.judgement).
"""

from __future__ import annotations

import importlib
import logging
import math
import random
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from media.asr.grammar import SILENCE, Phones, far_from, guessed_phones, jsgf, spread, words_of
from media.asr.sound import Samples, at_16_khz, spoken_part

INSTALL = "pocketsphinx is not installed; install it with: pip install pocketsphinx"
DECOYS = 60
_MOST_LISTS = 64
_SHORTEST, _LONGEST = 12, 600
"""Steps (10 ms) of speech that a listed phrase may take."""
_FRAMES_PER_PHONE = 9.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a phrase that won: per-frame score (log; 0 is best), share of the speech it covers, and how far
    its pace is from speech's (log ratio)."""

    score: float
    cover: float
    pace: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The listed phrase that was heard, "" for none, and what speaks for it (None: a decoy, or silence, won)."""

    phrase: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class _List:
    name: str
    phrases: dict[str, str]
    """Words of the grammar, joined, to the phrase as it was given."""
    phones: dict[str, int]


class ClosedLists:
    """One decoder. `hear` blocks for about 3 % of the audio's length, and 30 ms more for a list that is new to it."""

    def __init__(self, decoys: int = DECOYS) -> None:
        try:
            sphinx = importlib.import_module("pocketsphinx")
        except ImportError as error:
            raise RuntimeError(INSTALL) from error
        self._decoder: Any = sphinx.Decoder(lm=None, cmn="batch", fsgusefiller=False, loglevel="FATAL")
        self._decoder.add_word(SILENCE, "SIL", True)
        self._decoys = spread(_dictionary(Path(sphinx.get_model_path())), decoys)
        self._lists: OrderedDict[tuple[str, ...], _List] = OrderedDict()

    def hear(self, samples: Samples, phrases: Sequence[str]) -> Heard:
        """Which of `phrases` is said in 16-bit 8 kHz `samples`."""
        audio, steps = spoken_part(samples)
        if not _SHORTEST <= steps <= _LONGEST:
            return Heard("")
        known = self._list(tuple(phrases))
        if not known.phrases:
            return Heard("")
        self._decoder.activate_search(known.name)
        self._decoder.start_utt()
        self._decoder.process_raw(at_16_khz(audio), False, True)
        self._decoder.end_utt()
        return self._judged(known, steps, len(audio) / 80)

    def _judged(self, known: _List, steps: int, frames: float) -> Heard:
        best = self._decoder.hyp()
        said = " ".join(word for word in best.hypstr.split() if word != SILENCE) if best else ""
        phrase = known.phrases.get(said)
        if phrase is None or best.score <= 0:
            return Heard("")
        spoken = sum(
            part.end_frame - part.start_frame + 1
            for part in self._decoder.seg()
            if part.word[:1] not in "<(" and part.word != SILENCE
        )
        pace = abs(math.log(max(1, spoken) / max(1, known.phones[said]) / _FRAMES_PER_PHONE))
        score = math.log(best.score) * 1024 / max(1.0, frames)
        return Heard(phrase, Evidence(score, min(1.0, spoken / steps), pace))

    def _list(self, phrases: tuple[str, ...]) -> _List:
        if known := self._lists.get(phrases):
            self._lists.move_to_end(phrases)
            return known
        known = self._lists[phrases] = self._compiled(phrases)
        if len(self._lists) > _MOST_LISTS:
            _, oldest = self._lists.popitem(last=False)
            if oldest.phrases:
                self._decoder.remove_search(oldest.name)
        return known

    def _compiled(self, phrases: tuple[str, ...]) -> _List:
        listed: dict[str, str] = {}
        for phrase in phrases:
            if words := words_of(phrase):
                listed.setdefault(" ".join(words), phrase)
            else:
                _log.warning("phrase left out, not English text: %d characters", len(phrase))
        phones = {said: self._phones(said) for said in listed}
        name = f"list-{random.getrandbits(64):x}"
        if listed:
            decoys = far_from(phones.values(), self._decoys)
            taken = {word for said in listed for word in said.split()}
            grammar = jsgf((said.split() for said in listed), (word for word in decoys if word not in taken))
            self._decoder.add_jsgf_string(name, grammar)
        return _List(name, listed, {said: len(sounds) for said, sounds in phones.items()})

    def _phones(self, said: str) -> Phones:
        phones: list[str] = []
        for word in said.split():
            known = self._decoder.lookup_word(word)
            if known is None:
                known = guessed_phones(word)
                _log.warning("not in the dictionary, pronunciation guessed: %r as %s", word, known)
                self._decoder.add_word(word, known, True)
            phones += known.split()
        return tuple(phones)


def as_samples(data: bytes) -> Samples:
    """16-bit little-endian audio as numbers."""
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")


def _dictionary(model: Path) -> list[tuple[str, Phones]]:
    """Words of letters only with their phones, in the dictionary's order; first pronunciations."""
    words: list[tuple[str, Phones]] = []
    with (model / "en-us" / "cmudict-en-us.dict").open(encoding="utf-8") as lines:
        for line in lines:
            word, *phones = line.split()
            if word.isalpha():
                words.append((word, tuple(phones)))
    return words
