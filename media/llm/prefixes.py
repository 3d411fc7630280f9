"""Beginnings of prompts whose evaluation is kept, so that it is not done again: which, and what to begin from. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_S = TypeVar("_S")
Tokens = NDArray[np.int32]
_WORTH = 16
"""Tokens that a kept state has to save: fewer are sooner evaluated than copied."""


@dataclass(slots=True)
class Counters:
    """What a model has done: tokens of prompts evaluated and reused, states kept and taken up again, tokens written."""

    evaluated: int = 0
    reused: int = 0
    kept: int = 0
    restored: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Plan(Generic[_S]):
    """How a prompt is begun: from `state` (None: from what the context holds), of which the first `reused` stay."""

    reused: int
    state: _S | None = None


@dataclass(slots=True)
class Prefixes(Generic[_S]):
    """States of the beginnings, least recently used first, of `most_bytes` together."""

    most_bytes: int
    size_bytes: int = 0
    _kept: OrderedDict[bytes, tuple[Tokens, _S, int]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._kept)

    def plan(self, prompt: Tokens, held: Tokens) -> Plan[_S]:
        """What the prompt is best begun from; `held` is what the context holds.

        One token is left to be evaluated in any case: the answer begins with what the model makes of it.
        """
        most = len(prompt) - 1
        best: Plan[_S] = Plan(min(common(prompt, held), most))
        chosen = None
        for key, (tokens, state, _) in self._kept.items():
            length = min(common(prompt, tokens), most)
            if length >= best.reused + _WORTH:
                best, chosen = Plan(length, state), key
        if chosen is not None:
            self._kept.move_to_end(chosen)
        return best

    def wants(self, beginning: Tokens, size_bytes: int) -> bool:
        """Whether this state should be kept: none reaches as far, and there is room for it."""
        if len(beginning) < _WORTH or size_bytes > self.most_bytes:
            return False
        return all(common(beginning, tokens) + _WORTH <= len(beginning) for tokens, _, _ in self._kept.values())

    def keep(self, beginning: Tokens, state: _S, size_bytes: int) -> None:
        """Keep it; those that were not used for the longest time make room."""
        if size_bytes > self.most_bytes:
            return
        key = beginning.tobytes()
        if old := self._kept.pop(key, None):
            self.size_bytes -= old[2]
        while self.size_bytes + size_bytes > self.most_bytes:
            self.size_bytes -= self._kept.popitem(last=False)[1][2]
        self._kept[key] = beginning, state, size_bytes
        self.size_bytes += size_bytes


def common(first: Tokens, second: Tokens) -> int:
    """How many tokens both begin with."""
    shorter = min(len(first), len(second))
    unlike = np.flatnonzero(first[:shorter] != second[:shorter])
    return int(unlike[0]) if len(unlike) else shorter


def tokens_of(numbers: Sequence[int]) -> Tokens:
    """Numbers of tokens as an array."""
    return np.array(numbers, np.int32)
