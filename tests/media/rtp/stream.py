"""A peer, a path and a receiver on a virtual clock: what was sent, what came when, and what was heard of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from media.audio.codecs.protocol import Codec
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import JitterBuffer
from media.rtp.packet import RtpPacket
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver
from media.transport.protocol import TransportStatistics
from media.transport.summary import summary

ASTERISK = ("127.0.0.1", 17000)
_WRAP = 1 << 32


def voice(seconds: float, seed: int = 1) -> bytes:
    """Audio in which no two frames are alike and none is silent: a wandering tone under noise."""
    at = np.arange(round(seconds * 8000)) / 8000
    noise = np.random.default_rng(seed).normal(0, 400, len(at))
    return bytes((6000 * np.sin(2 * np.pi * (200 * at + 20 * np.sin(3 * at))) + noise).astype("<i2").tobytes())


@dataclass
class Peer:
    """Packs audio into packets, and stamps them by a clock that may be off by some parts in a million."""

    codec: Codec
    ptime_ms: int = 20
    ppm: float = 0.0
    sequence: int = 65_500
    timestamp: int = 0xFFFF_F000
    ssrc: int = 7

    def packets(self, audio: bytes) -> Iterator[tuple[float, RtpPacket]]:
        """Each with the time in ms at which it is sent."""
        encoder, size = self.codec.encoder(), self.ptime_ms * 16
        for number in range(len(audio) // size):
            payload = encoder.encode(audio[number * size : (number + 1) * size])
            yield number * self.ptime_ms / (1 + self.ppm / 1e6), self.packet(number, payload)

    def packet(self, number: int, payload: bytes, payload_type: int | None = None) -> RtpPacket:
        return RtpPacket(
            self.codec.payload_type or 0 if payload_type is None else payload_type,
            (self.sequence + number) % 65536,
            (self.timestamp + number * self.ptime_ms * 8) % _WRAP,
            self.ssrc,
            payload,
            marker=number == 0,
        )


@dataclass
class Path:
    """What a network does to packets."""

    loss: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    jitter_ms: float = 0.0
    late_ms: float = 45.0
    """What a packet that is overtaken is late by."""
    seed: int = 1
    lost: int = 0
    reordered: int = 0
    duplicated: int = 0

    def carry(self, packets: Iterable[tuple[float, RtpPacket]]) -> list[tuple[float, RtpPacket]]:
        """In the order in which they come. The first is spared."""
        rng, come = random.Random(self.seed), []
        for number, (at, packet) in enumerate(packets):
            if number and rng.random() < self.loss:
                self.lost += 1
                continue
            late = rng.uniform(0, self.jitter_ms)
            if number and rng.random() < self.reorder:
                self.reordered += 1
                late += self.late_ms
            come.append((at + late, packet))
            if number and rng.random() < self.duplicate:
                self.duplicated += 1
                come.append((at + late + rng.uniform(0, 30), packet))
        return sorted(come, key=lambda each: each[0])


@dataclass
class Ear:
    """A receiver, pulled every 20 ms."""

    depth_ms: int = 40
    most_ms: int = 200
    tick_ms: float = 7.0
    heard: list[bytes | None] = field(default_factory=list)
    at_once: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counters = Counters()
        self.playout = Playout(JitterBuffer(self.depth_ms))
        self.delays = DelayEstimator(self.depth_ms, self.most_ms)
        self.receiver = RtpReceiver(ASTERISK, self.playout, self.counters, delays=self.delays)

    def listen(self, packets: Iterable[tuple[float, RtpPacket]], until_ms: float | None = None) -> Ear:
        """Take each at its time (ms), and hear a frame at every tick; 400 ms longer unless told."""
        last = 0.0
        for at, packet in packets:
            self.pull_until(at)
            self.at_once += self.receiver.receive(bytes(packet), ASTERISK, 1.0 + at / 1000)
            last = at
        self.pull_until(last + 400 if until_ms is None else until_ms)
        return self

    def pull_until(self, at_ms: float) -> None:
        while self.tick_ms <= at_ms:
            self.heard.append(self.playout.pull())
            self.tick_ms += FRAME_MS

    @property
    def audio(self) -> bytes:
        """All that was heard, from the first frame to the last one."""
        frames = [frame or bytes(FRAME_BYTES) for frame in self.heard]
        first = next((at for at, frame in enumerate(self.heard) if frame), 0)
        return b"".join(frames[first:])

    def close(self) -> TransportStatistics:
        return summary(self.receiver, self.playout, self.counters, self.delays.depth_frames, 0)


def decoded(codec: Codec, audio: bytes) -> bytes:
    """What the audio sounds like after the codec, with nothing lost."""
    return codec.decoder().decode(codec.encoder().encode(audio))
