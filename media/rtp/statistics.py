"""What a receiver knows of a stream: loss, order, jitter (RFC 3550, 6.4.1, appendices A.1, A.3, A.8). Pure."""

from __future__ import annotations

from copy import copy

from media.audio.pcm import FRAME_SAMPLES, TELEPHONE_RATE
from media.rtp.losses import LossPattern

_SEQUENCES = 1 << 16
_CLOCK = 1 << 32
_SEEN_BITS = 128
_SEEN = (1 << _SEEN_BITS) - 1
_MOST_MISSING = 3
"""Packets that a hole in the timestamps may be long to count as loss; a longer one is a sender that was silent."""
_MAX_DROPOUT = 3000
"""Sequence numbers that may be missing before it counts as a restart (RFC 3550, appendix A.1)."""


class StreamStatistics:
    """Counts of one call's stream; of one SSRC at a time."""

    __slots__ = (
        "_expected_before",
        "_first",
        "_heard",
        "_highest",
        "_last_at",
        "_losses",
        "_seen",
        "_timestamp",
        "_transit",
        "duplicates",
        "jitter_samples",
        "key_packets",
        "max_gap_s",
        "missing_samples",
        "out_of_order",
        "packet_samples",
        "received",
    )

    def __init__(self) -> None:
        self.received = 0
        """Packets, duplicates left out."""
        self.duplicates = 0
        self.out_of_order = 0
        """Packets that came after one that was sent later."""
        self.jitter_samples = 0.0
        self.max_gap_s = 0.0
        """The longest time without a packet while the sender was sending; its silences are left out."""
        self.missing_samples = 0
        """Missing from the timeline although the numbers go on: Asterisk gives new ones to what it transcodes."""
        self.key_packets = 0
        """Packets that were a key's: Asterisk takes them out, and leaves a hole in the numbers."""
        self.packet_samples = FRAME_SAMPLES
        """Samples of the last packet of audio: 8 for each millisecond of ptime."""
        self._expected_before = 0
        self._first: int | None = None
        self._highest = 0
        self._seen = 0
        self._heard = 0
        self._losses = LossPattern()
        self._transit = 0.0
        self._timestamp: int | None = None
        """Of the newest packet; None if that was no audio."""
        self._last_at: float | None = None

    def add(self, sequence: int, timestamp: int, at: float, samples: int = FRAME_SAMPLES) -> bool:
        """Count a packet of so many samples that came at `at` seconds; False for a duplicate."""
        if self._first is None:
            self._start(sequence)
        ahead = (sequence - self._highest) % _SEQUENCES
        if 0 < ahead < _MAX_DROPOUT:
            if ahead > 1 or self._heard != _SEEN:
                self._advance(ahead)
            self._highest += ahead
        elif not self._fill(sequence, (self._highest - sequence) % _SEQUENCES):
            self.duplicates += 1
            return False
        self.received += 1
        if self._last_at is not None and at - self._last_at > self.max_gap_s:
            self._count_gap(ahead, timestamp, at - self._last_at)
        if ahead < _MAX_DROPOUT:
            before = self._timestamp
            if ahead == 1 and before is not None and timestamp - before != self.packet_samples:
                self._count_missing((timestamp - before) % _CLOCK - self.packet_samples)
            elif 1 < ahead <= _SEEN_BITS and before is not None:
                self._excuse_keys(ahead - 1, (timestamp - before) % _CLOCK - self.packet_samples)
            self._timestamp = timestamp if samples else None
        if samples:
            self.packet_samples = samples
        self._count_jitter(timestamp, at)
        self._last_at = at
        return True

    def late(self, sequence: int) -> None:
        """This packet came too late to be heard."""
        behind = (self._highest - sequence) % _SEQUENCES
        if behind < _SEEN_BITS:
            self._heard &= ~(1 << behind)

    @property
    def expected(self) -> int:
        """Packets that the sender sent, by its numbers."""
        return self._expected_before + self._expected()

    @property
    def lost(self) -> int:
        """Packets of audio that never came."""
        return max(0, self.expected - self.received - self.key_packets)

    @property
    def losses(self) -> LossPattern:
        """How the losses lay so far, what came too late among them."""
        return self._closed(copy(self._losses))

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter, smoothed by 1/16."""
        return self.jitter_samples * 1000 / TELEPHONE_RATE

    @property
    def packet_ms(self) -> float:
        """The sender's ptime."""
        return self.packet_samples * 1000 / TELEPHONE_RATE

    def restart(self) -> None:
        """Another SSRC follows: its sequence and clock have nothing to do with these."""
        self._closed(self._losses)
        self._expected_before += self._expected()
        self._first = None

    def _closed(self, losses: LossPattern) -> LossPattern:
        """With all that is missing among the last packets, too."""
        if self._first is not None:
            self._lose(losses, self._heard, _SEEN_BITS - 1, 0)
        losses.close()
        return losses

    def _lose(self, losses: LossPattern, heard: int, oldest: int, newest: int) -> None:
        """Those of the packets so far behind the highest that were not heard are lost for good."""
        for behind in range(min(oldest, self._expected() - 1), newest - 1, -1):
            if not heard >> behind & 1:
                losses.add(self._highest - behind)

    def _expected(self) -> int:
        return 0 if self._first is None else self._highest - self._first + 1

    def _start(self, sequence: int) -> None:
        self._first = sequence
        self._highest = sequence - 1
        self._seen = self._heard = 0
        self._transit = 0.0
        self._timestamp = None
        self._last_at = None

    def _advance(self, ahead: int) -> None:
        """The highest goes so far up: what is too old to come any more is told to the losses."""
        if self._heard != _SEEN:
            self._lose(self._losses, self._heard, _SEEN_BITS - 1, max(0, _SEEN_BITS - ahead))
        if ahead > _SEEN_BITS:
            self._losses.add(self._highest + 1, ahead - _SEEN_BITS)
        self._seen = (self._seen << ahead | 1) & _SEEN
        self._heard = (self._heard << ahead | 1) & _SEEN

    def _fill(self, sequence: int, behind: int) -> bool:
        """Take a packet from behind the highest; whether it is new. One from nowhere near starts the count afresh."""
        if behind >= _SEEN_BITS:
            self.restart()
            self._start(sequence)
            self._highest, self._seen, self._heard = sequence, 1, 1
            return True
        if self._seen >> behind & 1:
            return False
        if self._heard >> behind & 1:
            self.key_packets -= 1
        self._seen |= 1 << behind
        self._heard |= 1 << behind
        self.out_of_order += 1
        if self._first is not None:
            self._first = min(self._first, self._highest - behind)
        return True

    def _count_gap(self, ahead: int, timestamp: int, waited_s: float) -> None:
        """A longer wait than ever; but a sender whose clock went on between two packets in a row was silent."""
        before = self._timestamp
        paused = ahead == 1 and (before is None or (timestamp - before) % _CLOCK > self.packet_samples)
        if not paused:
            self.max_gap_s = waited_s

    def _count_missing(self, samples: int) -> None:
        if 0 < samples <= _MOST_MISSING * self.packet_samples:
            self.missing_samples += samples

    def _excuse_keys(self, missing: int, samples: int) -> None:
        """More packets are missing than there was time for: a key's, whose end is sent thrice (RFC 4733, 2.5.1.4)."""
        if missing * self.packet_samples > samples:
            self.key_packets += missing
            self._heard |= (1 << missing) - 1 << 1

    def _count_jitter(self, timestamp: int, at: float) -> None:
        transit = at * TELEPHONE_RATE - timestamp
        change = abs(transit - self._transit)
        if self._transit and change < TELEPHONE_RATE:
            self.jitter_samples += (change - self.jitter_samples) / 16
        self._transit = transit
