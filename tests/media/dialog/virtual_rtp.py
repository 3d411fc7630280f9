"""The whole of a leg's RTP but its socket, on a virtual clock: a transport, and a peer whose clock is not ours."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from media.audio.g711 import ALAW
from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES
from media.clock import Clock
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import JitterBuffer
from media.rtp.packet import RtpPacket
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver
from media.transport.protocol import Address, MediaRequest, OnFrame, PathState, TransportStatistics
from media.transport.summary import summary

_SILENT = bytes(FRAME_BYTES)
_WRAP = 1 << 32


class VirtualRtp:
    """A `Transport`. What it gave and took is kept as a checksum a side, frame by frame as a recording has it."""

    def __init__(self, clock: Clock) -> None:
        self.request = MediaRequest("udp", "rtp", "127.0.0.1:4000", "alaw")
        self.lost = False
        self.caller_crc = self.agent_crc = 0
        self.sent = 0
        self.deepest_frames = 0
        self._clock = clock
        self._counters = Counters()
        self._delays = DelayEstimator()
        self._playout = Playout(JitterBuffer())
        self._receiver: RtpReceiver | None = None
        self._on_frame: OnFrame | None = None
        self._remote: Address = ("127.0.0.1", 17000)

    @property
    def last_received_at(self) -> float | None:
        return self._receiver.last_at if self._receiver else None

    async def attach(self, answer: Mapping[str, str]) -> None:
        pass

    def start(self, on_frame: OnFrame) -> None:
        self._on_frame = on_frame
        self._receiver = RtpReceiver(self._remote, self._playout, self._counters, delays=self._delays)

    def comes(self, datagram: bytes) -> None:
        """A datagram is here."""
        assert self._receiver and self._on_frame
        at = self._clock.now()
        for frame in self._receiver.receive(datagram, self._remote, at):
            self._on_frame(frame, at)
        self.deepest_frames = max(self.deepest_frames, self._playout.buffer.depth_frames)

    @property
    def path(self) -> PathState:
        return PathState(self._delays.depth_frames, self._counters.late, self._playout.concealed)

    def receive(self) -> bytes | None:
        frame = self._playout.pull()
        self.caller_crc = zlib.crc32(frame or _SILENT, self.caller_crc)
        return frame

    def send(self, frame: bytes | None) -> None:
        self.sent += 1
        if self.sent > 1:  # the first opens the way, before the first tick
            self.agent_crc = zlib.crc32(frame or _SILENT, self.agent_crc)

    async def drained(self) -> None:
        pass

    def flush(self) -> None:
        pass

    def skip(self, frames: int) -> None:
        raise AssertionError(f"expected no tick to be left out, got {frames}")

    def close(self) -> TransportStatistics:
        return summary(self._receiver, self._playout, self._counters, self._delays.depth_frames, 0)


class DriftingPeer:
    """Sends a packet for every 20 ms of its own clock; none for what `speak` gives as None (silence suppression)."""

    def __init__(self, clock: Clock, ppm: float, send: Callable[[bytes], None]) -> None:
        self._clock = clock
        self._started_at = clock.now()
        self._step_s = FRAME_MS / 1000 / (1 + ppm / 1e6)
        self._send = send
        self._number = self._sequence = 0
        self._silent = True

    def run(self, speak: Callable[[], bytes | None]) -> None:
        """Send what is due by now."""
        while self._started_at + self._number * self._step_s <= self._clock.now():
            frame = speak()
            if frame is not None:
                timestamp = (0xFFFF_0000 + self._number * FRAME_SAMPLES) % _WRAP
                packet = RtpPacket(8, self._sequence % 65536, timestamp, 7, ALAW.encode(frame), marker=self._silent)
                self._send(bytes(packet))
                self._sequence += 1
            self._silent = frame is None
            self._number += 1
