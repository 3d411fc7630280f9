"""A caller's way to Mercury: the place's noise, the agent's echo, the codec, lost packets, the real jitter buffer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.turns.sounds import Sound, to_pcm
from media.audio.concealment import Concealment
from media.audio.g711 import ALAW, ULAW
from media.audio.levels import rms
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES
from media.rtp.jitter import JitterBuffer
from media.transport.protocol import MediaRequest, OnFrame, PathState, TransportStatistics

HEARD_RMS = 33
"""A frame of the agent's above -60 dBFS is heard."""
JITTER_FRAMES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """What lies between a caller and Mercury."""

    name: str
    noise: Literal["", "white", "kitchen"] = ""
    snr_db: float = 0.0
    codec: Literal["alaw", "ulaw"] = "alaw"
    narrow: bool = False
    """Cut to 200 to 3400 Hz, as a mobile's codec does."""
    loss: float = 0.0
    """Share of packets that never come."""


LINES = (
    Line("clean"),
    Line("clean µ-law", codec="ulaw"),
    Line("white 20 dB", "white", 20),
    Line("kitchen 20 dB", "kitchen", 20),
    Line("white 10 dB", "white", 10),
    Line("kitchen 10 dB", "kitchen", 10),
    Line("mobile", "kitchen", 25, narrow=True),
    Line("1 % loss", loss=0.01),
)


class LineTransport:
    """A `Transport`: frame by frame what the caller's phone sends, with an echo of what it was just sent."""

    def __init__(
        self, caller: Sound, line: Line, chance: np.random.Generator, *, echo_db: float | None, echo_delay_frames: int
    ) -> None:
        self.request = MediaRequest("udp", "rtp", "127.0.0.1:4000", line.codec)
        self.lost = False
        self.last_received_at: float | None = None
        self._caller = np.frombuffer(to_pcm(caller), "<i2").astype(np.int32)
        self._lost = chance.random(len(caller) // FRAME_SAMPLES + 1) < line.loss
        self._codec = ULAW if line.codec == "ulaw" else ALAW
        self._echo = 0.0 if echo_db is None else 10 ** (echo_db / 20)
        self._echo_delay = echo_delay_frames
        self._agent: list[bytes | None] = []
        self._buffer = JitterBuffer(JITTER_FRAMES * 20)
        self._concealment = Concealment()
        self._on_frame: OnFrame | None = None
        self.now = 0.0
        """When the next frame of the agent's goes out: set before each tick."""
        self.heard_at: list[float] = []
        """When frames of the agent's that can be heard went out."""

    @property
    def frames(self) -> int:
        return len(self._caller) // FRAME_SAMPLES

    @property
    def path(self) -> PathState:
        return PathState(JITTER_FRAMES, 0, self._concealment.concealed)

    async def attach(self, answer: Mapping[str, str]) -> None:
        """There is nothing to open."""

    def start(self, on_frame: OnFrame) -> None:
        self._on_frame = on_frame

    def come(self, place: int, at: float) -> None:
        """The caller's frame of this place comes, unless it is lost."""
        if self._lost[place]:
            return
        samples = self._caller[place * FRAME_SAMPLES : (place + 1) * FRAME_SAMPLES]
        back = len(self._agent) - 1 - self._echo_delay
        if self._echo and back >= 0 and (said := self._agent[back]):
            samples = samples + (np.frombuffer(said, "<i2") * self._echo).astype(np.int32)
        linear = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
        audio = self._codec.decode(self._codec.encode(linear))
        self._buffer.put(place * FRAME_SAMPLES, audio, marker=place == 0)
        self.last_received_at = at
        if self._on_frame:
            self._on_frame(audio, at)

    def receive(self) -> bytes | None:
        frame = self._buffer.pull()
        return self._concealment.missing() if frame is None else self._concealment.heard(frame)

    def send(self, frame: bytes | None) -> None:
        self._agent.append(frame)
        if frame is not None and rms(frame.ljust(FRAME_BYTES, b"\0")) > HEARD_RMS:
            self.heard_at.append(self.now)

    def flush(self) -> None:
        """Nothing waits beyond Mercury."""

    async def drained(self) -> None:
        """What was sent is heard."""

    def skip(self, frames: int) -> None:
        self._agent.extend([None] * frames)

    def close(self) -> TransportStatistics:
        return TransportStatistics(received=self.frames, sent=len(self._agent))
