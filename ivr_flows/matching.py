"""What a spoken answer means: the very words first, then the guesses of a mind; below the threshold nothing is sure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ivr_flows.events import Speech

_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"
_FILLERS = frozenset(("please", "um", "uh", "er", "hmm", "well", "sir", "madam", "जी", "ji", "अच्छा", "achha", "म्हणजे"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be said: its name, its phrases, and the confidence below which it is not taken."""

    name: str
    phrases: tuple[str, ...]
    threshold: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood. `sure` is False below the candidate's threshold."""

    name: str
    sure: bool


def match(speech: Speech, candidates: Sequence[Candidate], *, guessing: bool = True) -> Heard | None:
    """The candidate that was meant, or None. A guess is only as good as the recognition that it was made from.

    Without `guessing`, nothing but the very words counts.
    """
    said = normalise(speech.text)
    if not said:
        return None
    for candidate in candidates:
        if said in _normalised(candidate.phrases):
            return Heard(candidate.name, speech.confidence >= candidate.threshold)
    by_name = {candidate.name: candidate for candidate in candidates}
    guesses = [guess for guess in speech.guesses if guess.option in by_name] if guessing else []
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: guess.confidence)
    return Heard(best.option, min(best.confidence, speech.confidence) >= by_name[best.option].threshold)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """What is compared: case, punctuation, joiners, nukta and the two nasal signs make no difference.

    Nor do words of courtesy beside others.
    """
    plain = unicodedata.normalize("NFD", text.casefold()).replace(_CHANDRABINDU, _ANUSVARA)
    words = unicodedata.normalize("NFC", plain.translate(_KEPT)).split()
    return " ".join([word for word in words if word not in _FILLERS] or words)


class _Kept(dict[int, str]):
    """What of each letter is compared, by its code; worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        letter, kind = chr(code), unicodedata.category(chr(code))
        dropped = kind == "Cf" or letter in ("'", "’", _NUKTA)
        self[code] = "" if dropped else letter if kind[0] in "LMN" else " "
        return self[code]


_KEPT = _Kept()


@lru_cache(maxsize=4096)
def _normalised(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normalise, phrases))
