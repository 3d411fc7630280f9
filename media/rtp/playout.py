"""What is heard of a stream, frame by frame: the jitter buffer, and something for what is not in it. Pure.

A frame that did not come is concealed for 60 ms (loss can't be told from a peer that just stopped) and is silence then.
After a packet of comfort noise it is that noise instead, until audio comes again (RFC 3389).
"""

from __future__ import annotations

from media.audio.codecs.protocol import Codec, Decoder
from media.audio.comfort_noise import ComfortNoise
from media.audio.concealment import Concealment
from media.audio.pcm import FRAME_SAMPLES
from media.rtp.jitter import Arrival, JitterBuffer


class Playout:
    """One stream, on the timeline of its timestamps. `pull` is called every 20 ms."""

    __slots__ = ("_concealment", "_decoder", "_noise", "buffer", "noise_frames")

    def __init__(self, buffer: JitterBuffer) -> None:
        self.buffer = buffer
        self.noise_frames = 0
        """Frames of comfort noise."""
        self._concealment = Concealment()
        self._noise = ComfortNoise()
        self._decoder: Decoder | None = None

    @property
    def concealed(self) -> int:
        """Frames made up in place of packets that did not come in time."""
        return self._concealment.concealed

    def start(self, codec: Codec) -> None:
        """Forget what waits: another source speaks, or in another kind of codec."""
        self._decoder = codec.decoder() if codec.stateful else None
        self.buffer.reset(codec.unit_bytes if codec.stateful else 2)

    def put(self, timestamp: int, payload: bytes, audio: bytes, *, marker: bool) -> Arrival:
        """A packet: as it came, and as linear audio."""
        return self.buffer.put(timestamp, payload if self._decoder else audio, marker=marker)

    def rest(self, timestamp: int, level: int) -> None:
        """The peer is silent from this timestamp on, with noise of this level in dBov."""
        self.buffer.rest(timestamp, level)

    def pull(self) -> bytes | None:
        """The next 20 ms of linear audio; None for silence."""
        frame = self.buffer.pull()
        if frame is None:
            return self._unheard()
        if self.buffer.holes:
            return self._patched(frame, self.buffer.holes)
        if self._decoder:
            frame = self._decoder.decode(frame)
        return self._concealment.heard(frame)

    def _unheard(self) -> bytes | None:
        level = self.buffer.resting
        if level is None:
            return self._concealment.missing()
        self._concealment.rest()
        self.noise_frames += 1
        return self._noise.frame(level)

    def _patched(self, frame: bytes, holes: int) -> bytes:
        if self._decoder:
            unit = len(frame) // FRAME_SAMPLES
            came = b"".join(frame[at * unit : (at + 1) * unit] for at in range(FRAME_SAMPLES) if not holes >> at & 1)
            heard = self._decoder.decode(came)
            spread = bytearray(2 * FRAME_SAMPLES)
            places = (at for at in range(FRAME_SAMPLES) if not holes >> at & 1)
            for number, at in enumerate(places):
                spread[2 * at : 2 * at + 2] = heard[2 * number : 2 * number + 2]
            frame = bytes(spread)
        return self._concealment.patched(frame, holes)
