"""What a phone sends: every 20 ms a packet, be it of a recording, a key or silence. No clock, no socket."""

from __future__ import annotations

import audioop
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from media.audio.g711 import ALAW, BY_PAYLOAD_TYPE
from media.audio.levels import rms_of
from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, TELEPHONE_RATE, Pcm
from media.rtp.packet import RtpPacket
from phones.keys import FINAL_PACKETS, EventPayload, key_packets
from phones.trace import KeyPress

VOICED_RMS = rms_of(-47.0)
"""Loudness from which on a packet counts as voice (root mean square of its samples)."""
_SILENT_FRAME = bytes(FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of linear audio at the moment it passed the wire. `timestamp` is RTP's; `ssrc` tells streams apart."""

    at: float
    timestamp: int
    ssrc: int
    samples: bytes


@dataclass(slots=True)
class _Job:
    """Something under way: its frames or events, and whom to tell when the last has been sent."""

    steps: Iterator[bytes | EventPayload | None]
    on_done: Callable[[], None]


def is_voiced(samples: bytes) -> bool:
    """Whether 16-bit audio is loud enough to be voice."""
    return bool(samples) and audioop.rms(samples, 2) >= VOICED_RMS


@dataclass(slots=True)
class Mouth:
    """Makes a phone's packets. `tick` is to be called every 20 ms with the time at which they leave."""

    ssrc: int
    sequence: int = 0
    timestamp: int = 0
    payload_type: int = ALAW.payload_type
    event_payload: int | None = 101
    voiced: list[float] = field(default_factory=list)
    keys: list[KeyPress] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    _jobs: deque[_Job] = field(default_factory=deque)
    _event_start: tuple[float, int] | None = None
    _marker: bool = True

    @property
    def busy(self) -> bool:
        """Whether something is being said or pressed, or waits."""
        return bool(self._jobs)

    def say(self, clip: Pcm, on_done: Callable[[], None]) -> None:
        """Queue audio. Raises `ValueError` for another rate than 8 kHz."""
        if clip.rate != TELEPHONE_RATE:
            raise ValueError(f"expected audio at {TELEPHONE_RATE} Hz, got {clip.rate} Hz")
        frames = (
            clip.samples[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
            for at in range(0, len(clip.samples), FRAME_BYTES)
        )
        self._jobs.append(_Job(iter(frames), on_done))

    def press(self, keys: str, on_done: Callable[[], None], press_ms: int = 100, gap_ms: int = 80) -> None:
        """Queue key presses. Raises `ValueError` for what is no key, and when the far end takes no key events."""
        if self.event_payload is None:
            raise ValueError(f"can't press {keys!r}: the far end offered no telephone-event")
        steps: list[EventPayload | None] = []
        for key in keys:
            steps += [*key_packets(key, press_ms), *[None] * max(1, gap_ms // FRAME_MS)]
        self._jobs.append(_Job(iter(steps), on_done))

    def stop(self) -> None:
        """Drop what is being said and what waits; tell those who wait for it."""
        while self._jobs:
            self._jobs.popleft().on_done()

    def tick(self, now: float) -> tuple[RtpPacket, ...]:
        """The packets of these 20 ms."""
        step = self._next_step()
        packets = self._event(step, now) if isinstance(step, EventPayload) else self._audio(step, now)
        self.timestamp += FRAME_SAMPLES
        return packets

    def skip(self, ticks: int) -> None:
        """Let time pass without sending (RTP switched off, or a beat missed)."""
        self.timestamp += ticks * FRAME_SAMPLES
        self._marker = True

    def _next_step(self) -> bytes | EventPayload | None:
        while self._jobs:
            job = self._jobs[0]
            for step in job.steps:
                return step
            self._jobs.popleft()
            job.on_done()
        return None

    def _audio(self, samples: bytes | None, now: float) -> tuple[RtpPacket, ...]:
        samples = samples or _SILENT_FRAME
        if is_voiced(samples):
            self.voiced.append(now)
        self.frames.append(Frame(now, self.timestamp & 0xFFFFFFFF, self.ssrc, samples))
        return (self._packet(self.payload_type, self.timestamp, BY_PAYLOAD_TYPE[self.payload_type].encode(samples)),)

    def _event(self, event: EventPayload, now: float) -> tuple[RtpPacket, ...]:
        if self._event_start is None:
            self._event_start = (now, self.timestamp)
            self._marker = True
        started_at, timestamp = self._event_start
        if event.end:
            self.keys.append(KeyPress(event.key, started_at, now))
            self._event_start = None
        times = FINAL_PACKETS if event.end else 1
        payload_type = self.event_payload or 0
        return tuple(self._packet(payload_type, timestamp, event.pack()) for _ in range(times))

    def _packet(self, payload_type: int, timestamp: int, payload: bytes) -> RtpPacket:
        packet = RtpPacket(
            payload_type, self.sequence & 0xFFFF, timestamp & 0xFFFFFFFF, self.ssrc, payload, self._marker
        )
        self.sequence += 1
        self._marker = False
        return packet
