"""Both directions of one call's RTP stream, without its socket. Pure.

Out: one SSRC, sequence +1 a packet, timestamps by the clock across silence, a marker where a talkspurt starts
(RFC 3551, section 4.1). In: only Asterisk's address counts, and one SSRC at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.audio.g711 import BY_PAYLOAD_TYPE, G711
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import Arrival, JitterBuffer
from media.rtp.packet import HEADER, MalformedPacketError, RtpPacket, parse
from media.rtp.statistics import StreamStatistics

COMFORT_NOISE = 13
"""Payload type of comfort noise (RFC 3389): silence to us."""
MAX_PAYLOAD = 3 * FRAME_SAMPLES
"""Bytes of G.711 in the longest packet taken: 60 ms."""
_TAKEN = frozenset({*BY_PAYLOAD_TYPE, COMFORT_NOISE})
_FIRST = 2 << 6

Address = tuple[str, int]


@dataclass(slots=True)
class Counters:
    """Packets of one leg, by what became of them."""

    sent: int = 0
    send_errors: int = 0
    late: int = 0
    malformed: int = 0
    wrong_source: int = 0
    wrong_ssrc: int = 0


class RtpSender:
    """Serialises one stream of 20 ms frames."""

    def __init__(self, codec: G711, ssrc: int, sequence: int, timestamp: int) -> None:
        self._codec = codec
        self._ssrc = ssrc
        self._sequence = sequence & 0xFFFF
        self._timestamp = timestamp & 0xFFFFFFFF
        self._speaking = False

    def packet(self, frame: bytes | None) -> bytes:
        """The next packet: 20 ms of linear audio, or silence for None."""
        marker = 0x80 if frame is not None and not self._speaking else 0
        self._speaking = frame is not None
        codec = self._codec
        payload = codec.silence if frame is None else codec.encode(frame)
        header = HEADER.pack(_FIRST, codec.payload_type | marker, self._sequence, self._timestamp, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.skip(1)
        return header + payload

    def skip(self, frames: int) -> None:
        """Let time pass without packets: timestamps go on, sequence numbers don't."""
        self._timestamp = (self._timestamp + frames * FRAME_SAMPLES) & 0xFFFFFFFF


class RtpReceiver:
    """Takes datagrams, refuses what isn't Asterisk's stream, and plays the rest through a jitter buffer.

    Another SSRC is taken only once the present one has been silent for `ssrc_silence_s`; before that it is counted.
    """

    def __init__(
        self,
        source: Address,
        buffer: JitterBuffer,
        counters: Counters,
        ssrc_silence_s: float = 0.1,
        *,
        delays: DelayEstimator | None = None,
    ) -> None:
        self._source = source
        self._buffer = buffer
        self._counters = counters
        self._ssrc_silence_s = ssrc_silence_s
        self._delays = delays
        self._ssrc: int | None = None
        self._rest = b""
        self.statistics = StreamStatistics()
        self.last_at: float | None = None
        """When the last packet of the stream came."""

    def receive(self, datagram: bytes, source: Address, at: float) -> tuple[bytes, ...]:
        """Take a datagram; the 20 ms frames of linear audio that are new with it, before the jitter buffer's delay."""
        packet = self._accept(datagram, source, at)
        if packet is None:
            return ()
        self.last_at = at
        codec = BY_PAYLOAD_TYPE.get(packet.payload_type)
        if not self.statistics.add(packet.sequence, packet.timestamp, at) or codec is None:
            return ()
        if self._delays:
            self._buffer.aim(self._delays.add(packet.timestamp, at))
        audio = codec.decode(packet.payload)
        if self._buffer.put(packet.timestamp, audio, marker=packet.marker) is Arrival.LATE:
            self._counters.late += 1
            return ()
        return (audio,) if len(audio) == FRAME_BYTES and not self._rest else self._framed(audio)

    def _accept(self, datagram: bytes, source: Address, at: float) -> RtpPacket | None:
        """The packet, if it is of our stream; counted if not."""
        if source != self._source:
            self._counters.wrong_source += 1
            return None
        try:
            packet = parse(datagram)
        except MalformedPacketError:
            self._counters.malformed += 1
            return None
        if packet.payload_type not in _TAKEN or not 0 < len(packet.payload) <= MAX_PAYLOAD:
            self._counters.malformed += 1
            return None
        if packet.ssrc != self._ssrc and not self._change_ssrc(packet.ssrc, at):
            self._counters.wrong_ssrc += 1
            return None
        return packet

    def _change_ssrc(self, ssrc: int, at: float) -> bool:
        if self._ssrc is not None:
            if self.last_at is not None and at - self.last_at < self._ssrc_silence_s:
                return False
            self._buffer.reset()
            if self._delays:
                self._delays.reset()
            self._rest = b""
            self.statistics.restart()
        self._ssrc = ssrc
        return True

    def _framed(self, audio: bytes) -> tuple[bytes, ...]:
        audio = self._rest + audio
        whole = len(audio) - len(audio) % FRAME_BYTES
        self._rest = audio[whole:]
        return tuple(audio[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES))
