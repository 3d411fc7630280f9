"""What a receiver knows of a stream: loss, duplicates, jitter (RFC 3550, 6.4.1, appendices A.1, A.3, A.8). Pure."""

from __future__ import annotations

from media.audio.pcm import TELEPHONE_RATE

_SEQUENCES = 1 << 16
_SEEN_BITS = 128
_SEEN = (1 << _SEEN_BITS) - 1
_MAX_DROPOUT = 3000
"""Sequence numbers that may be missing before it counts as a restart (RFC 3550, appendix A.1)."""


class StreamStatistics:
    """Counts of one SSRC's stream."""

    def __init__(self) -> None:
        self.received = 0
        """Packets, duplicates left out."""
        self.duplicates = 0
        self.jitter_samples = 0.0
        self._expected_before = 0
        self._first: int | None = None
        self._highest = 0
        self._seen = 0
        self._transit = 0.0

    def add(self, sequence: int, timestamp: int, at: float) -> bool:
        """Count a packet that came at `at` seconds; False for a duplicate."""
        if self._first is None:
            self._start(sequence)
        ahead = (sequence - self._highest) % _SEQUENCES
        if 0 < ahead < _MAX_DROPOUT:
            self._highest += ahead
            self._seen = (self._seen << ahead | 1) & _SEEN
        elif not self._fill(sequence, (self._highest - sequence) % _SEQUENCES):
            self.duplicates += 1
            return False
        self.received += 1
        self._count_jitter(timestamp, at)
        return True

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return max(0, self._expected_before + self._expected() - self.received)

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter, smoothed by 1/16."""
        return self.jitter_samples * 1000 / TELEPHONE_RATE

    def restart(self) -> None:
        """Another SSRC follows: its sequence and clock have nothing to do with these."""
        self._expected_before += self._expected()
        self._first = None

    def _expected(self) -> int:
        return 0 if self._first is None else self._highest - self._first + 1

    def _start(self, sequence: int) -> None:
        self._first = sequence
        self._highest = sequence - 1
        self._seen = 0
        self._transit = 0.0

    def _fill(self, sequence: int, behind: int) -> bool:
        """Take a packet from behind the highest; whether it is new. One from nowhere near starts the count afresh."""
        if behind >= _SEEN_BITS:
            self.restart()
            self._start(sequence)
            self._highest, self._seen = sequence, 1
            return True
        new = not self._seen >> behind & 1
        self._seen |= 1 << behind
        return new

    def _count_jitter(self, timestamp: int, at: float) -> None:
        transit = at * TELEPHONE_RATE - timestamp
        change = abs(transit - self._transit)
        if self._transit and change < TELEPHONE_RATE:
            self.jitter_samples += (change - self.jitter_samples) / 16
        self._transit = transit
