"""Both directions of one call's media over ExternalMedia's websocket, without its socket. Pure.

In: binary messages are audio, text messages control. Out: one binary message a tick, unless Asterisk takes no more
(XOFF) or too much waits there (media/transport/pacing.py); and commands.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.audio.codecs.protocol import Codec
from media.audio.concealment import Concealment
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import Arrival, JitterBuffer
from media.rtp.quality import estimate
from media.transport.arrivals import Arrivals
from media.transport.control import (
    ASK_QUEUED,
    ControlError,
    ControlEvent,
    GoOn,
    Halt,
    Queued,
    Refused,
    read_event,
)
from media.transport.pacing import Backlog
from media.transport.protocol import PathState, TransportStatistics

Message = bytes | str
"""Binary or text, as websockets have them."""
_LONGEST_FRAMES = 25


@dataclass(slots=True)
class _Counters:
    received: int = 0
    sent: int = 0
    dropped: int = 0
    late: int = 0
    malformed: int = 0
    refused: int = 0


class MediaSession:
    """What is sent and what is made of what comes. Times are seconds."""

    def __init__(self, codec: Codec, *, jitter_ms: int = 40, most_jitter_ms: int = 200) -> None:
        self.codec = codec
        self.last_received_at: float | None = None
        self.halted = False
        """Asterisk takes no more."""
        self._encoder = codec.encoder()
        self._decoder = codec.decoder()
        self._counters = _Counters()
        self._arrivals = Arrivals()
        self._buffer = JitterBuffer(jitter_ms)
        self._delays = DelayEstimator(jitter_ms, most_jitter_ms)
        self._concealment = Concealment()
        self._backlog = Backlog()
        self._rest = b""

    # -- what comes

    def audio(self, payload: bytes, at: float) -> tuple[bytes, ...]:
        """Take a binary message; its 20 ms frames of linear audio, before the jitter buffer's delay."""
        size = self.codec.frame_bytes
        if len(payload) > _LONGEST_FRAMES * size:
            self._counters.malformed += 1
            return ()
        self._counters.received += 1
        self.last_received_at = at
        if len(payload) != size or self._rest:
            payload = self._rest + payload
            whole = len(payload) - len(payload) % size
            payload, self._rest = payload[:whole], payload[whole:]
            if not whole:
                return ()
        audio = self._decoder.decode(payload)
        frames = tuple(audio[start : start + FRAME_BYTES] for start in range(0, len(audio), FRAME_BYTES))
        return tuple(frame for frame in frames if self._take(frame, at))

    def control(self, text: str) -> ControlEvent | None:
        """Take a text message; what it says, if it is of any use."""
        try:
            event = read_event(text)
        except ControlError:
            self._counters.malformed += 1
            return None
        match event:
            case Halt():
                self.halted = True
            case GoOn():
                self.halted = False
            case Queued(frames):
                self._backlog.told(frames)
            case Refused():
                self._counters.refused += 1
        return event

    @property
    def path(self) -> PathState:
        """How the caller's audio comes just now."""
        return PathState(self._delays.depth_frames, self._counters.late, self._concealment.concealed)

    def receive(self) -> bytes | None:
        """The caller's next 20 ms out of the jitter buffer; for up to 60 ms made up where none came."""
        frame = self._buffer.pull()
        return self._concealment.missing() if frame is None else self._concealment.heard(frame)

    # -- what is sent

    def send(self, frame: bytes | None) -> tuple[Message, ...]:
        """A tick's messages: the frame (None: silence) and, now and then, the question how many wait."""
        if self.halted:
            self._counters.dropped += 1
            return ()
        if self._backlog.leaves_out(frame):
            return ()
        payload = self._encoder.quiet() if frame is None else self._encoder.encode(frame)
        return (payload, ASK_QUEUED) if self._backlog.due() else (payload,)

    def sent(self) -> None:
        """A frame has gone to the socket."""
        self._counters.sent += 1

    def dropped(self) -> None:
        """A frame found no room on the way to the socket."""
        self._counters.dropped += 1

    def emptied(self) -> None:
        """Nothing waits in Asterisk any more: flushed, or nothing was sent for a while."""
        self._backlog.emptied()

    @property
    def waiting(self) -> int:
        """Frames that wait in Asterisk, by its last answer."""
        return self._backlog.waiting

    def statistics(self) -> TransportStatistics:
        """The counts up to now."""
        counters = self._counters
        delay_ms = float(self._delays.depth_frames * FRAME_MS)
        lost, received = self._arrivals.missing, counters.received
        return TransportStatistics(
            received=received,
            sent=counters.sent,
            send_errors=counters.refused,
            dropped=counters.dropped,
            left_out=self._backlog.left_out,
            lost=lost,
            late=counters.late,
            malformed=counters.malformed,
            skipped_frames=self._buffer.skipped,
            concealed_frames=self._concealment.concealed,
            jitter_ms=self._arrivals.jitter_ms,
            delay_ms=delay_ms,
            mos=estimate(lost, counters.late, received, delay_ms).mos if received else 0.0,
        )

    def _take(self, frame: bytes, at: float) -> bool:
        """Whether it still counts."""
        timestamp, begins = self._arrivals.add(at)
        self._buffer.aim(self._delays.add(timestamp, at))
        if self._buffer.put(timestamp, frame, marker=begins) is Arrival.LATE:
            self._counters.late += 1
            return False
        return True
