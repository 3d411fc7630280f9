"""How losses lie in a stream: bursts and gaps (RFC 3611, section 4.7.2), and losses in a row. Pure.

A burst begins and ends with a lost packet and has fewer than 16 packets in a row in between that came; a loss that is
alone among its neighbours belongs to a gap. A packet that came too late to be heard is lost here.
"""

from __future__ import annotations

from dataclasses import dataclass

G_MIN = 16
"""Packets in a row that end a burst when they come: Gmin, by its default value."""


@dataclass(slots=True)
class LossPattern:
    """Told of every loss, by ascending packet numbers; costs nothing for what comes."""

    lost: int = 0
    rows: int = 0
    """Times that one packet or more was lost in a row."""
    longest_row: int = 0
    bursts: int = 0
    burst_packets: int = 0
    """Packets from the first to the last loss of every burst."""
    burst_lost: int = 0
    _last: int | None = None
    _row: int = 0
    _first: int = 0
    _within: int = 0

    def add(self, number: int, count: int = 1) -> None:
        """Packets `number` up to `number + count - 1` are lost."""
        last = self._last
        if last is None or number - last > G_MIN:
            self.close()
            self._first = number
        follows = last is not None and number == last + 1 and self._within > 0
        self._row = self._row + count if follows else count
        self.rows += not follows
        self.longest_row = max(self.longest_row, self._row)
        self.lost += count
        self._within += count
        self._last = number + count - 1

    def close(self) -> None:
        """What follows has other numbers, or nothing follows: the burst that is open ends."""
        if self._within > 1 and self._last is not None:
            self.bursts += 1
            self.burst_packets += self._last - self._first + 1
            self.burst_lost += self._within
        self._within = 0
        self._last = None

    @property
    def mean_row(self) -> float:
        """Packets lost in a row, on average; 0 where none was."""
        return self.lost / self.rows if self.rows else 0.0

    @property
    def burst_density(self) -> float:
        """The share that was lost within bursts, 0 to 1. For a pattern that is closed."""
        return self.burst_lost / self.burst_packets if self.burst_packets else 0.0

    def gap_density(self, expected: int) -> float:
        """The share that was lost of all other packets, of `expected` in all. For a pattern that is closed."""
        others = expected - self.burst_packets
        return (self.lost - self.burst_lost) / others if others > 0 else 0.0
