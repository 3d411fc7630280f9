"""Local agreement: which words of hypotheses that keep changing may be relied on. Pure.

A word is stable once two successive hypotheses, the later with more audio, agree on it and on all before it, and it is
not the later one's last word, which may still grow. A stable word is never taken back (Liu et al. 2020, "Low-latency
sequence-to-sequence speech recognition", local agreement of two).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from media.turn.words import words_of

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is known of one turn's words."""

    gone: Words = ()
    """Stable words whose audio was cut away: no later hypothesis holds them."""
    stable: Words = ()
    """Stable words within the audio that is kept."""
    newest: Words = ()
    """The latest hypothesis of the audio that is kept: begins with `stable`."""

    @property
    def text(self) -> str:
        """The turn so far: stable words, then those that may still change."""
        return " ".join((*self.gone, *self.newest))

    def heard(self, words: Sequence[str], *, grown: bool) -> Agreement:
        """After another hypothesis of the kept audio; `grown`: it had more speech than the one before it.

        Where it contradicts stable words these stay, and it counts from their number on.
        """
        hypothesis = (*self.stable, *words[len(self.stable) :])
        if not grown:
            return replace(self, newest=hypothesis)
        agreed = min(common(self.newest, hypothesis), max(0, len(hypothesis) - 1))
        return replace(self, stable=hypothesis[: max(len(self.stable), agreed)], newest=hypothesis)

    def cut(self, count: int) -> Agreement:
        """After the audio of the first `count` stable words was cut away. Raises `ValueError` past the stable ones."""
        if not 0 <= count <= len(self.stable):
            raise ValueError(f"only stable words may be cut: there are {len(self.stable)}, got {count}")
        return Agreement((*self.gone, *self.stable[:count]), self.stable[count:], self.newest[count:])


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with, without regard to case and punctuation."""
    same = takewhile(lambda pair: words_of(pair[0]) == words_of(pair[1]), zip(one, other, strict=False))
    return sum(1 for _ in same)
