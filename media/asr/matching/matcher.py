"""A closed list over any recogniser's text: the option that was meant, the phrase, and how sure that is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from media.asr.matching.alignment import distance
from media.asr.matching.confidence import SAME_VALUE, Evidence, confidence
from media.asr.matching.sounds import Sounds, sounds
from media.asr.spoken.numbers import number
from media.asr.spoken.yes_no import calls_wrong, says_both, yes_or_no

_FARTHEST = 0.35
"""Distance per phone past which a phrase is not looked at."""
_ONE_WORD = 0.5
_CLOSEST, _EACH = 5, 2
"""So many phrases are looked at closely, and so many of one option: those that share most consonants with the text."""
_LEAST_SHARED, _SHORT = 0.4, 2
"""The share of its consonants that a phrase must find; and what keeps short phrases, which find all of theirs
anywhere, behind longer ones."""
_EXTRA_SHARE = 0.3
_SAME_DISTANCE = 0.12
"""Phrases of a plain list that are this near each other are ways to say one thing."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Something on the list: its name, and the phrases that mean it."""

    name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest thing on the list, its phrase as it was given, and a calibrated confidence, 0 to 1."""

    name: str
    phrase: str
    confidence: float
    evidence: Evidence | None = None
    """None where the value itself (a number, yes, no) decided."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    listed: int
    text: str
    sounds: Sounds
    number: Decimal | None
    assent: bool | None

    @property
    def bits(self) -> int:
        return self.sounds.skeleton.bit_count()


@dataclass(frozen=True, slots=True)
class _Found:
    phrase: _Phrase
    distance: float
    extra: float

    @property
    def far(self) -> float:
        return self.distance + _EXTRA_SHARE * self.extra


class ListMatcher:
    """One closed list in one language; made once a list, and kept by `matcher`."""

    def __init__(self, listed: Sequence[Listed], language: str) -> None:
        self._names = [one.name for one in listed]
        self._language = language
        self._phrases = [
            _Phrase(place, text, heard, number(text, language), yes_or_no(text, language))
            for place, one in enumerate(listed)
            for text in one.phrases
            if (heard := sounds(text)).phones
        ]

    def match(self, text: str) -> Match | None:
        """What on the list `text` is nearest to; None where nothing is near. Takes no threshold: see `confidence`."""
        value = number(text, self._language)
        assent = None if calls_wrong(text, self._language) else yes_or_no(text, self._language)
        if same := self._same_value(value, assent):
            return Match(self._names[same.listed], same.text, SAME_VALUE)
        said = sounds(text)
        both = says_both(text, self._language)
        left = [
            one
            for one in self._phrases
            if not _contradicts(one, value, assent) and not (both and one.assent is not None)
        ]
        found = sorted(_near(_closest(left, said), said), key=lambda one: one.far)
        if not found:
            return None
        best = found[0]
        rival = next((one.far for one in found if one.phrase.listed != best.phrase.listed), 1.0)
        lead = max(0.0, min(1.0, rival) - best.far)
        evidence = Evidence(best.distance, best.extra, lead, 1 / len(best.phrase.sounds.phones))
        return Match(self._names[best.phrase.listed], best.phrase.text, confidence(evidence), evidence)

    def _same_value(self, value: Decimal | None, assent: bool | None) -> _Phrase | None:
        """The phrase of the only option that is this number, or this yes or no."""
        for same in (
            [one for one in self._phrases if value is not None and one.number == value],
            [one for one in self._phrases if assent is not None and one.assent is assent],
        ):
            if len({one.listed for one in same}) == 1:
                return same[0]
        return None


@lru_cache(maxsize=256)
def matcher(listed: tuple[Listed, ...], language: str) -> ListMatcher:
    """The matcher of a list, kept."""
    return ListMatcher(listed, language)


@lru_cache(maxsize=256)
def plain_list(phrases: tuple[str, ...]) -> tuple[Listed, ...]:
    """Phrases alone, as a list: those that sound alike are one thing, named by the first."""
    groups: list[list[str]] = []
    for phrase in phrases:
        heard = sounds(phrase)
        near = (group for group in groups if _alike(sounds(group[0]), heard))
        group = next(near, None)
        if group is None:
            groups.append([phrase])
        else:
            group.append(phrase)
    return tuple(Listed(group[0], tuple(group)) for group in groups)


def _alike(one: Sounds, other: Sounds) -> bool:
    most = _SAME_DISTANCE * min(len(one.phones), len(other.phones))
    return distance(one, other, most) <= most


def _contradicts(phrase: _Phrase, value: Decimal | None, assent: bool | None) -> bool:
    """Whether the phrase says another number, or yes for no."""
    other_number = value is not None and phrase.number is not None and phrase.number != value
    return other_number or (assent is not None and phrase.assent is not None and phrase.assent is not assent)


def _closest(phrases: Sequence[_Phrase], said: Sounds) -> list[_Phrase]:
    """Those whose consonants, and their order, are found in what was said: no more than can be looked at in time."""
    ranked = sorted(phrases, key=lambda one: -_shared(one, said) / (one.bits + _SHORT))
    taken: dict[int, int] = {}
    closest: list[_Phrase] = []
    for one in ranked:
        if _shared(one, said) >= _LEAST_SHARED * one.bits and taken.get(one.listed, 0) < _EACH:
            taken[one.listed] = taken.get(one.listed, 0) + 1
            closest.append(one)
    return closest[:_CLOSEST]


def _shared(phrase: _Phrase, said: Sounds) -> int:
    return (phrase.sounds.skeleton & said.skeleton).bit_count()


def _near(phrases: Sequence[_Phrase], said: Sounds) -> Iterator[_Found]:
    for phrase in phrases if said.phones else ():
        length = len(phrase.sounds.phones)
        most = _FARTHEST * length + _ONE_WORD
        far = distance(phrase.sounds, said, most)
        if far <= most:
            yield _Found(phrase, far / length, max(0.0, 1 - phrase.sounds.weight / said.weight))
