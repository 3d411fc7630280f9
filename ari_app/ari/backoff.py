"""Waits between attempts to connect. Pure: the randomness is injected."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Doubles up to a cap, with full jitter: each wait lies evenly between 0 and the present ceiling, so that many
    clients of one restarted Asterisk don't return at the same moment."""

    def __init__(self, first_s: float, cap_s: float, chance: Callable[[], float] = random.random) -> None:
        self._first_s = first_s
        self._cap_s = cap_s
        self._chance = chance
        self._ceiling_s = first_s

    def next_s(self) -> float:
        """Seconds to wait now."""
        ceiling_s = min(self._ceiling_s, self._cap_s)
        self._ceiling_s = min(ceiling_s * 2, self._cap_s)
        return ceiling_s * self._chance()

    def reset(self) -> None:
        """Begin small again: a connection has held."""
        self._ceiling_s = self._first_s
