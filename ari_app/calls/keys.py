"""Which keys Asterisk reports are presses of their own. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta


class KeyPresses:
    """One person's keys.

    Asterisk reports a key at its end, with how long it lasted. Packets of a key (RFC 4733, section 2.5) that overtake
    each other on the way make it report some keys twice, some 30 to 60 ms apart: a key that began before the same key
    ended is that one again.
    """

    def __init__(self) -> None:
        self._last: tuple[str, datetime] | None = None

    def is_new(self, digit: str, ended_at: datetime | None, lasted_ms: int) -> bool:
        """Whether this is another press than the one before. `ended_at` by Asterisk's clock, where it told."""
        last, self._last = self._last, (digit, ended_at) if ended_at else None
        if last is None or ended_at is None or last[0] != digit:
            return True
        return not timedelta(0) <= ended_at - last[1] < timedelta(milliseconds=lasted_ms)
