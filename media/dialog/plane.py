"""All calls' media in one process: what they share, and how a call gets its leg."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from media.asr.protocol import Recogniser
from media.audio.recorder import Recorder, RecordingWriter
from media.clock import Clock, MonotonicClock
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.speaking import Voice
from media.eot.protocol import EndOfTurn
from media.flight.log import FlightLog
from media.ticker import Ticker
from media.transport.rtp import RtpTransport, open_port
from media.vad.webrtc import WebRtcVad


class MediaPlane:
    """Opens legs. Made inside the event loop that they run on."""

    def __init__(
        self,
        *,
        recognisers: Sequence[Recogniser],
        voice: Voice,
        clock: Clock | None = None,
        rtp_host: str = "127.0.0.1",
        rtp_ports: range | None = None,
        jitter_ms: int = 40,
        vad_aggressiveness: int = 2,
        end_of_turn: EndOfTurn | None = None,
        options: Options | None = None,
    ) -> None:
        self._recognisers = recognisers
        self._voice = voice
        self._clock = clock or MonotonicClock()
        self._rtp_host = rtp_host
        self._rtp_ports = rtp_ports
        self._jitter_ms = jitter_ms
        self._vad_aggressiveness = vad_aggressiveness
        self._end_of_turn = end_of_turn
        self._options = options
        self._writer: RecordingWriter | None = None
        self.ticker = Ticker(self._clock)

    def open(self, record: Path | None = None, flight: FlightLog | None = None) -> Conversation:
        """A leg on a port of its own, recorded to `record` and logged to `flight` if given. Raises `NoPortError`."""
        sock = open_port(self._rtp_host, self._rtp_ports)
        return Conversation(
            transport=RtpTransport(sock, self._clock, jitter_ms=self._jitter_ms),
            ticker=self.ticker,
            clock=self._clock,
            vad=WebRtcVad(self._vad_aggressiveness),
            recognisers=self._recognisers,
            voice=self._voice,
            recorder=self._recorder(record) if record else None,
            end_of_turn=self._end_of_turn,
            flight=flight,
            options=self._options,
        )

    async def close(self) -> None:
        """Finish the recordings. Close the legs before."""
        if self._writer:
            await asyncio.to_thread(self._writer.close)
            self._writer = None

    def _recorder(self, path: Path) -> Recorder:
        self._writer = self._writer or RecordingWriter()
        return Recorder(path, self._writer)
