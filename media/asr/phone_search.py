"""The best way of some audio through a phrase's phones, and through phones in any order. Pure.

A phrase is a chain of phones with silences that may be left out (before, behind and between its words). All phrases of
a list are walked through together, one step of 10 ms after another (Viterbi's search, nothing pruned).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.asr.sphinx_model import SILENCE, STATES, AcousticModel, Floats, Ints

_NEVER = np.float32(-1e30)
_IMPOSSIBLE = -1e20
_ANY, _FIRST, _LAST, _ONLY = range(4)
"""Place of a phone in its word, as the model counts it."""
_PAST_SILENCE = STATES + 1
"""From the state before a silence to the state behind it."""

Pronunciation = tuple[tuple[str, ...], ...]
"""Phones of each word of a phrase."""


@dataclass(frozen=True, slots=True)
class Link:
    """One phone of a chain: which, its senones here, and whether it may be left out."""

    phone: int
    senones: Ints
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How a chain went through the audio: for each step, the link it was at and its senone's column."""

    links: Ints
    columns: Ints


def chain_of(words: Pronunciation, model: AcousticModel) -> tuple[Link, ...]:
    """A phrase's phones between their neighbours, with silences."""
    number = model.phones.number
    silence = Link(number[SILENCE], model.phones.alone[number[SILENCE]], optional=True)
    sounds = [number[SILENCE], *(number[phone] for word in words for phone in word), number[SILENCE]]
    chain = [silence]
    at = 0
    for word in words:
        for place in range(len(word)):
            at += 1
            senones = model.phones.between(sounds[at], sounds[at - 1], sounds[at + 1], _place(place, len(word)))
            chain.append(Link(sounds[at], senones))
        chain.append(silence)
    return tuple(chain)


def _place(at: int, length: int) -> int:
    if length == 1:
        return _ONLY
    return _FIRST if at == 0 else _LAST if at == length - 1 else _ANY


class Chains:
    """Several chains, walked through together. `senones` are all that they need, each once."""

    def __init__(self, chains: Sequence[tuple[Link, ...]], model: AcousticModel) -> None:
        shape = len(chains), STATES * max(map(len, chains))
        self.chains = chains
        own = np.zeros(shape, np.int32)
        self._stay, self._next, self._skip, self._begin = (np.full(shape, _NEVER) for _ in range(4))
        self._begin[:, (0, STATES)] = 0
        for row, chain in enumerate(chains):
            for place, link in enumerate(chain):
                self._put(row, place, link, own, model)
            for place in range(2, len(chain)):
                if chain[place - 1].optional:
                    self._skip[row, STATES * place] = model.moves[chain[place - 2].phone, -1, 1]
        self.senones, columns = np.unique(own, return_inverse=True)
        self._columns = columns.reshape(shape).astype(np.int32)
        ends = STATES * np.array([len(chain) for chain in chains]) - 1
        self._ends = np.stack([ends, ends - STATES], axis=1)

    def _put(self, row: int, place: int, link: Link, own: Ints, model: AcousticModel) -> None:
        at = STATES * place
        own[row, at : at + STATES] = link.senones
        self._stay[row, at : at + STATES] = model.moves[link.phone, :, 0]
        self._next[row, at + 1 : at + STATES + 1] = model.moves[link.phone, : len(self._next[row]) - at - 1, 1]

    def walked(self, scores: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The score of each chain's best way, and from where each state was entered at each step."""
        rows = np.arange(len(self.chains))
        reached = self._begin + scores[0][self._columns]
        came = np.zeros((len(scores), *reached.shape), np.int8)
        before, past = np.full_like(reached, _NEVER), np.full_like(reached, _NEVER)
        for step in range(1, len(scores)):
            before[:, 1:] = reached[:, :-1]
            past[:, _PAST_SILENCE:] = reached[:, :-_PAST_SILENCE]
            stay, on, over = reached + self._stay, before + self._next, past + self._skip
            best = np.maximum(stay, on)
            came[step] = on > stay
            came[step][over > best] = _PAST_SILENCE
            reached = np.maximum(best, over) + scores[step][self._columns]
        return reached[rows[:, None], self._ends].max(axis=1), self._ended(reached, came)

    def _ended(self, reached: Floats, came: NDArray[np.int8]) -> NDArray[np.int8]:
        """Remember in the first step, where nothing came from anywhere, in which of its two ends a chain ended."""
        rows = np.arange(len(self.chains))
        came[0, :, 0] = reached[rows[:, None], self._ends].argmax(axis=1)
        return came

    def way(self, row: int, came: NDArray[np.int8]) -> Way:
        """The best way of one chain."""
        state = int(self._ends[row, came[0, row, 0]])
        states = np.empty(len(came), np.int32)
        for step in range(len(came) - 1, -1, -1):
            states[step] = state
            if step:
                state -= int(came[step, row, state])
        return Way(states // STATES, self._columns[row, states])


def possible(score: float) -> bool:
    """Whether there was any way: audio must have a step for each state."""
    return score > _IMPOSSIBLE


def free(scores: Floats, model: AcousticModel) -> float:
    """The score of the best way through phones in any order, silence among them: steps x phones x states."""
    stay, leave = model.moves[:, :, 0], model.moves[:, :, 1]
    reached = np.full(stay.shape, _NEVER)
    reached[:, 0] = scores[0, :, 0]
    entered = np.empty_like(reached)
    for step in range(1, len(scores)):
        left = reached + leave
        entered[:, 1:] = left[:, :-1]
        entered[:, 0] = left[:, -1].max()
        reached = np.maximum(reached + stay, entered) + scores[step]
    return float(reached[:, -1].max())
