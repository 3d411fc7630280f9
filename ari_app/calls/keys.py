"""Which keys Asterisk reports are presses of their own. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(milliseconds=80)
"""Asterisk lets no key last less: a shorter one is reported when so much time is over (AST_MIN_DTMF_DURATION)."""


class KeyPresses:
    """One person's keys.

    Asterisk reports a key at its end. Packets of a key (RFC 4733, section 2.5) that overtake each other on the way make
    it report some keys twice, within 60 ms: a key that would have begun before the same key ended is that one again.
    """

    def __init__(self) -> None:
        self._last: tuple[str, datetime] | None = None

    def is_new(self, digit: str, ended_at: datetime | None) -> bool:
        """Whether this is another press than the one before. `ended_at` by Asterisk's clock, where it told."""
        last, self._last = self._last, (digit, ended_at) if ended_at else None
        if last is None or ended_at is None or last[0] != digit:
            return True
        return not timedelta(0) <= ended_at - last[1] < SHORTEST
