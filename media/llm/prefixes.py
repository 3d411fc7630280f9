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
class _Entry(Generic[_S]):
    tokens: Tokens
    state: _S
    size_bytes: int
    grows: bool


@dataclass(slots=True)
class Prefixes(Generic[_S]):
    """States of the beginnings, least recently used first, of `most_bytes` together."""

    most_bytes: int
    size_bytes: int = 0
    _kept: OrderedDict[bytes, _Entry[_S]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._kept)

    def plan(self, prompt: Tokens, held: Tokens) -> Plan[_S]:
        """What the prompt is best begun from; `held` is what the context holds.

        One token is left to be evaluated in any case: the answer begins with what the model makes of it.
        """
        most = len(prompt) - 1
        best: Plan[_S] = Plan(min(common(prompt, held), most))
        chosen = None
        for key, entry in self._kept.items():
            length = min(common(prompt, entry.tokens), most)
            if length >= best.reused + _WORTH:
                best, chosen = Plan(length, entry.state), key
        if chosen is not None:
            self._kept.move_to_end(chosen)
        return best

    def wants(self, beginning: Tokens, size_bytes: int) -> bool:
        """Whether this state should be kept: none reaches as far, and there is room for it."""
        if len(beginning) < _WORTH or size_bytes > self.most_bytes:
            return False
        return all(common(beginning, entry.tokens) + _WORTH <= len(beginning) for entry in self._kept.values())

    def keep(self, beginning: Tokens, state: _S, size_bytes: int, *, grows: bool = False) -> None:
        """Keep it; those that were not used for the longest time make room.

        One that `grows` (a call's talk) takes the place of what it has grown from.
        """
        if size_bytes > self.most_bytes:
            return
        for key, entry in list(self._kept.items()):
            length = len(entry.tokens)
            if common(entry.tokens, beginning) == length and (entry.grows or length == len(beginning)):
                self._forget(key)
        while self.size_bytes + size_bytes > self.most_bytes:
            self._forget(next(iter(self._kept)))
        self._kept[beginning.tobytes()] = _Entry(beginning, state, size_bytes, grows)
        self.size_bytes += size_bytes

    def _forget(self, key: bytes) -> None:
        self.size_bytes -= self._kept.pop(key).size_bytes


def common(first: Tokens, second: Tokens) -> int:
    """How many tokens both begin with."""
    shorter = min(len(first), len(second))
    unlike = np.flatnonzero(first[:shorter] != second[:shorter])
    return int(unlike[0]) if len(unlike) else shorter


def tokens_of(numbers: Sequence[int]) -> Tokens:
    """Numbers of tokens as an array."""
    return np.array(numbers, np.int32)
