"""All calls' media in one process: what they share, and how a call gets its leg."""

from __future__ import annotations

import asyncio
from pathlib import Path

from media.audio.recorder import Recorder, RecordingWriter
from media.clock import Clock, MonotonicClock
from media.dialog.conversation import Conversation
from media.dialog.faculties import Faculties
from media.dialog.options import Options
from media.flight.log import FlightLog
from media.ticker import Ticker
from media.transport.protocol import Transports
from media.transport.rtp import RtpPorts


class MediaPlane:
    """Opens legs. Made inside the event loop that they run on."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        transports: Transports | None = None,
        options: Options | None = None,
    ) -> None:
        self._clock = clock or MonotonicClock()
        self._transports: Transports = transports or RtpPorts(self._clock)
        self._options = options
        self._writer: RecordingWriter | None = None
        self.ticker = Ticker(self._clock)

    def open(self, faculties: Faculties, record: Path | None = None, flight: FlightLog | None = None) -> Conversation:
        """A leg with these, recorded to `record` and logged to `flight` if given. Raises `TransportError`."""
        return Conversation(
            transport=self._transports.open(),
            ticker=self.ticker,
            clock=self._clock,
            vad=faculties.vad.open(),
            recognisers=faculties.recognisers,
            voice=faculties.voice,
            recorder=self._recorder(record) if record else None,
            end_of_turn=faculties.end_of_turn,
            identifiers=faculties.identifiers,
            flight=flight,
            options=self._options,
        )

    async def close(self) -> None:
        """Close what the transports share, finish the recordings. Close the legs before."""
        await self._transports.close()
        if self._writer:
            await asyncio.to_thread(self._writer.close)
            self._writer = None

    def _recorder(self, path: Path) -> Recorder:
        self._writer = self._writer or RecordingWriter()
        return Recorder(path, self._writer)
