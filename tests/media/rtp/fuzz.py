"""Hostile calls: packets by a grammar that leaves nothing out, and damaged ones, through all of a receiver.

`python -m tests.media.rtp.fuzz SEED [CALLS]` runs the calls from one seed on; each call is made by its seed alone.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media.audio.codecs.registry import ON_RTP
from media.audio.pcm import FRAME_BYTES
from media.rtp.packet import Extension, RtpPacket
from media.transport.protocol import TransportStatistics
from tests.media.rtp.stream import ASTERISK, Ear

PACKETS = 1000
"""Of a call."""
_WHOLE = [path.read_bytes() for path in sorted((Path(__file__).parent / "golden").iterdir()) if path.suffix != ".md"]
_STRANGER = ("127.0.0.1", 666)
_EDGES = (0, 1, 2, 0x7F, 0x80, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


@dataclass
class Peer:
    """A sender by the grammar, with its moods: each packet may change one of its habits."""

    rng: random.Random
    payload_type: int = 8
    samples: int = 160
    sequence: int = 0
    timestamp: int = 0
    ssrc: int = 1

    def datagram(self) -> bytes:
        """Its next packet."""
        rng = self.rng
        if rng.random() < 0.08:
            rng.choice(self._moods())()
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + self.samples) & 0xFFFF_FFFF
        payload_type = rng.choice((18, 101)) if rng.random() < 0.02 else self.payload_type
        payload, marker = self._payload(payload_type), rng.random() < 0.03
        packet = RtpPacket(payload_type, self.sequence, self.timestamp, self.ssrc, payload, marker)
        return _dressed(rng, packet) if rng.random() < 0.1 else bytes(packet)

    def _payload(self, payload_type: int) -> bytes:
        if payload_type == 13:
            return self.rng.randbytes(self.rng.choice((1, 1, 5, 32, 33, 0)))
        codec = ON_RTP.get(payload_type)
        return self.rng.randbytes(self.samples * codec.unit_bytes if codec else self.rng.randrange(200))

    def _moods(self) -> tuple[Callable[[], None], ...]:
        return (
            self._change_codec,
            self._change_ptime,
            self._jump_timestamp,
            self._jump_sequence,
            self._step_back,
            self._change_source,
        )

    def _change_codec(self) -> None:
        self.payload_type = self.rng.choice((0, 8, 8, 9, 10, 13))

    def _change_ptime(self) -> None:
        self.samples = self.rng.choice((80, 160, 240, 320, 480, 80, 160, 240, 320, 480, 1, 33, 479, 481, 0))

    def _jump_timestamp(self) -> None:
        self.timestamp = self.rng.choice((self.rng.getrandbits(32), *_EDGES))

    def _jump_sequence(self) -> None:
        self.sequence = (self.sequence + self.rng.choice((1, 2, 20, 127, 128, 129, 2999, 3000, 40_000))) & 0xFFFF

    def _step_back(self) -> None:
        back = self.rng.randrange(1, 140)
        self.sequence = (self.sequence - back) & 0xFFFF
        self.timestamp = (self.timestamp - back * self.samples) & 0xFFFF_FFFF

    def _change_source(self) -> None:
        self.ssrc = self.rng.randrange(3)


def _dressed(rng: random.Random, packet: RtpPacket) -> bytes:
    """With contributing sources, an extension and padding, as the header allows."""
    extension = Extension(rng.getrandbits(16), rng.randbytes(4 * rng.randrange(4))) if rng.random() < 0.5 else None
    csrc = tuple(rng.getrandbits(32) for _ in range(rng.randrange(16)))
    dressed = bytes(packet._replace(csrc=csrc, extension=extension))
    if rng.random() < 0.5:
        padding = rng.randrange(1, 256)
        dressed = bytes([dressed[0] | 0x20]) + dressed[1:] + bytes(padding - 1) + bytes([padding])
    return dressed


def _damaged(rng: random.Random, peer: Peer) -> bytes:
    """Something that was a packet: bits turned, cut, doubled, spliced with another, or noise from the start."""
    whole = rng.choice(_WHOLE) if rng.random() < 0.7 else peer.datagram()
    kind = rng.randrange(5)
    if kind == 0:
        return whole[: rng.randrange(len(whole) + 1)]
    if kind == 1:
        return whole[: rng.randrange(len(whole))] + rng.choice(_WHOLE)
    if kind == 2:
        return rng.randbytes(rng.randrange(1500))
    turned = bytearray(whole)
    for _ in range(rng.randrange(1, 6)):
        turned[rng.randrange(len(turned) if kind == 3 else min(16, len(turned)))] ^= 1 << rng.randrange(8)
    return bytes(turned)


def call(seed: int, packets: int = PACKETS) -> TransportStatistics:
    """One hostile call. What it breaks says its seed."""
    try:
        return _call(random.Random(seed), packets)
    except Exception as error:
        raise AssertionError(f"the call of seed {seed} ({packets} packets) broke: {error!r}") from error


def _call(rng: random.Random, packets: int) -> TransportStatistics:
    ear, peer = Ear(depth_ms=rng.choice((20, 40, 100)), most_ms=200), Peer(rng)
    now_ms, held_back = 0.0, [b""]
    for _ in range(packets):
        datagram = _damaged(rng, peer) if rng.random() < 0.25 else peer.datagram()
        if rng.random() < 0.1:
            held_back.append(datagram)
            datagram = held_back.pop(rng.randrange(len(held_back))) if len(held_back) > 4 else datagram
        now_ms += rng.choice((0.0, 5.0, 20.0, 20.0, 20.0, 60.0)) if rng.random() < 0.99 else 5000.0
        frames = ear.receiver.receive(datagram, _STRANGER if rng.random() < 0.02 else ASTERISK, 1 + now_ms / 1000)
        if any(len(frame) != FRAME_BYTES for frame in frames):
            raise AssertionError(f"frames of {[len(frame) for frame in frames]} bytes were given at once")
        if now_ms - ear.tick_ms > 400:
            ear.tick_ms = now_ms - 400
        ear.pull_until(now_ms)
        _check_heard(ear)
    return _checked(ear, packets)


def _check_heard(ear: Ear) -> None:
    if any(frame is not None and len(frame) != FRAME_BYTES for frame in ear.heard):
        raise AssertionError(f"frames of {[len(frame or b'') for frame in ear.heard]} bytes were heard")
    ear.heard.clear()
    if ear.playout.buffer.depth_frames > 10 + 5 + 1:
        raise AssertionError(f"{ear.playout.buffer.depth_frames} frames wait: 200 ms, and 100 to spare, are the bound")


def _checked(ear: Ear, packets: int) -> TransportStatistics:
    counts = ear.close()
    told = counts.received + counts.duplicates + counts.malformed + counts.wrong_source + counts.wrong_ssrc
    if told != packets:
        raise AssertionError(f"{packets} packets came, {told} were counted: {counts}")
    shares = counts.burst_loss, counts.gap_loss
    if not (min(counts.lost, counts.late, counts.jitter_ms) >= 0 and 0 <= min(shares) <= max(shares) <= 1):
        raise AssertionError(f"counts that can't be: {counts}")
    if counts.received and not 1.0 <= counts.mos <= 4.5:
        raise AssertionError(f"a MOS that can't be: {counts}")
    return counts


if __name__ == "__main__":
    first, calls = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for each in range(first, first + calls):
        sys.stdout.write(f"{each} {call(each)}\n")
