"""How far one phone is from another: what callers, telephones and recognisers take for each other is near. Pure.

1.0 is a consonant for one that nobody would mishear. Set by hand, after the usual confusions of Indian speech: breath
(kh and k), s and sh, v and b, j, z and s, flapped d and r, voice, vowels that lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterable

VOWELS = ("a", "i", "u", "e", "o", "ai", "au")
CONSONANTS = (
    *("k", "kh", "g", "gh", "ch", "j", "jh", "t", "th", "d", "dh", "n", "p", "f", "b", "bh", "m", "y", "r", "l", "v"),
    *("s", "sh", "h", "c", "q", "w", "x", "z"),
)
FIGURES = tuple("0123456789")
PHONES = (*VOWELS, *CONSONANTS, *FIGURES)
CODES = {phone: code for code, phone in enumerate(PHONES)}

_NEAR = {
    0.15: "k-kh g-gh j-jh t-th d-dh b-bh s-sh e-ai o-au z-j",
    0.25: "i-e u-o y-i p-f v-u v-o sh-ch",
    0.3: "a-e a-ai a-au s-j v-b a-o s-z ch-s",
    0.4: "r-d r-dh n-m a-u a-i t-d k-g p-b ch-j th-dh f-v j-y f-b",
    0.6: "l-n l-r t-ch d-j kh-g v-m sh-j t-k d-b h-k",
}
_KINDS = ("k kh g gh c q", "ch j jh s sh z x", "t th d dh", "n m", "p f b bh v w", "r", "l")
"""Consonants that may be taken for each other; h and y come and go."""
_OTHER_VOWELS, _OTHER_CONSONANTS, _UNLIKE, _FIGURE = 0.6, 1.0, 1.2, 2.0
_LIGHT = {"a": 0.2, "n": 0.35, "h": 0.3, "y": 0.35, "r": 0.55, "v": 0.6, "m": 0.6}
_ADDED_VOWEL, _ADDED_CONSONANT = 0.4, 0.8


def _apart(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in FIGURES or other in FIGURES:
        return _FIGURE
    if (one in VOWELS) != (other in VOWELS):
        return _UNLIKE
    return _OTHER_VOWELS if one in VOWELS else _OTHER_CONSONANTS


def _table() -> list[list[float]]:
    table = [[_apart(one, other) for other in PHONES] for one in PHONES]
    for cost, pairs in _NEAR.items():
        for pair in pairs.split():
            one, other = (CODES[phone] for phone in pair.split("-"))
            table[one][other] = table[other][one] = cost
    return table


def _added(phone: str) -> float:
    if phone in FIGURES:
        return _FIGURE
    return _LIGHT.get(phone, _ADDED_VOWEL if phone in VOWELS else _ADDED_CONSONANT)


APART = _table()
"""The cost of one phone for another, by their codes."""
ADDED = [_added(phone) for phone in PHONES]
"""The cost of a phone that only one side has."""


_KIND = {CODES[phone]: kind for kind, phones in enumerate(_KINDS) for phone in phones.split()}


def skeleton(phones: Iterable[int]) -> int:
    """Bits for the kinds of consonants in `phones`, and for each two kinds that follow each other."""
    bits, last = 0, None
    for phone in phones:
        kind = _KIND.get(phone)
        if kind is not None:
            bits |= 1 << kind
            bits |= 0 if last is None else 1 << (len(_KINDS) * (1 + last) + kind)
            last = kind
    return bits
