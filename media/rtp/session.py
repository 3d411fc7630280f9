"""Both directions of one call's RTP stream, without its socket. Pure.

Out: one SSRC, sequence +1 a packet, timestamps by the clock across silence, a marker where a talkspurt starts
(RFC 3551, section 4.1). In: only Asterisk's address counts, and one SSRC at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.audio.codecs.protocol import Codec, Decoder
from media.audio.codecs.registry import ON_RTP
from media.audio.comfort_noise import PAYLOAD_TYPE as COMFORT_NOISE
from media.audio.comfort_noise import read_level
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import Arrival
from media.rtp.packet import HEADER, MalformedPacketError, RtpPacket, parse
from media.rtp.playout import Playout
from media.rtp.statistics import StreamStatistics

MOST_FRAMES = 3
"""Frames of audio in the longest packet taken: 60 ms."""
_MOST_NOISE_BYTES = 1 + 31
"""A level, and a model of the spectrum of a higher order than anybody uses (RFC 3389, section 3)."""
_SIZES = {number: (codec.unit_bytes, MOST_FRAMES * codec.frame_bytes) for number, codec in ON_RTP.items()}
_SIZES[COMFORT_NOISE] = (1, _MOST_NOISE_BYTES)
"""By payload type, what a payload's length is a multiple of, and its most."""
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

    def __init__(self, codec: Codec, ssrc: int, sequence: int, timestamp: int) -> None:
        if codec.payload_type is None:
            raise ValueError(f"expected a codec with a static RTP payload type, got {codec.name}")
        self._payload_type = codec.payload_type
        self._encoder = codec.encoder()
        self._ssrc = ssrc
        self._sequence = sequence & 0xFFFF
        self._timestamp = timestamp & 0xFFFFFFFF
        self._speaking = False

    def packet(self, frame: bytes | None) -> bytes:
        """The next packet: 20 ms of linear audio, or silence for None."""
        marker = 0x80 if frame is not None and not self._speaking else 0
        self._speaking = frame is not None
        payload = self._encoder.quiet() if frame is None else self._encoder.encode(frame)
        header = HEADER.pack(_FIRST, self._payload_type | marker, self._sequence, self._timestamp, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.skip(1)
        return header + payload

    def skip(self, frames: int) -> None:
        """Let time pass without packets: timestamps go on, sequence numbers don't."""
        self._timestamp = (self._timestamp + frames * FRAME_SAMPLES) & 0xFFFFFFFF


class RtpReceiver:
    """Takes datagrams, refuses what isn't Asterisk's stream, and plays the rest out through a jitter buffer.

    Another SSRC is taken only once the present one has been silent for `ssrc_silence_s`; before that it is counted.
    """

    def __init__(
        self,
        source: Address,
        playout: Playout,
        counters: Counters,
        ssrc_silence_s: float = 0.1,
        *,
        delays: DelayEstimator | None = None,
    ) -> None:
        self._source = source
        self._playout = playout
        self._counters = counters
        self._ssrc_silence_s = ssrc_silence_s
        self._delays = delays
        self._ssrc: int | None = None
        self._payload_type: int | None = None
        self._decoder: Decoder | None = None
        self._unit_bytes = 1
        self._rest = b""
        self.codec: Codec | None = None
        """What the stream came in last."""
        self.statistics = StreamStatistics()
        self.last_at: float | None = None
        """When the last packet of the stream came."""

    def receive(self, datagram: bytes, source: Address, at: float) -> tuple[bytes, ...]:
        """Take a datagram; the 20 ms frames of linear audio that are new with it, before the jitter buffer's delay."""
        packet = self._accept(datagram, source, at)
        if packet is None:
            return ()
        self.last_at = at
        payload, timestamp = packet.payload, packet.timestamp
        if packet.payload_type != self._payload_type:
            if packet.payload_type == COMFORT_NOISE:
                return self._hush(packet, at)
            self._speak(packet.payload_type)
        if not self.statistics.add(packet.sequence, timestamp, at, len(payload) // self._unit_bytes):
            return ()
        if self._delays:
            self._playout.buffer.aim(self._delays.add(timestamp, at))
        audio = self._decoder.decode(payload) if self._decoder else b""
        if self._playout.put(timestamp, payload, audio, marker=packet.marker) is Arrival.LATE:
            self._counters.late += 1
            self.statistics.late(packet.sequence)
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
        unit, most = _SIZES.get(packet.payload_type, (1, 0))
        size = len(packet.payload)
        if not 0 < size <= most or (unit > 1 and size % unit):
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
            if self._delays:
                self._delays.reset()
            if self.codec:
                self._playout.start(self.codec)
                self._decoder = self.codec.decoder()
            self._rest = b""
            self.statistics.restart()
        self._ssrc = ssrc
        return True

    def _hush(self, packet: RtpPacket, at: float) -> tuple[bytes, ...]:
        """Comfort noise: the peer suppresses silence from here on."""
        if self.statistics.add(packet.sequence, packet.timestamp, at, 0):
            self._playout.rest(packet.timestamp, read_level(packet.payload))
        return ()

    def _speak(self, payload_type: int) -> None:
        """Audio in another codec than before. The timeline goes on if neither needs its payloads in order."""
        before, codec = self.codec, ON_RTP[payload_type]
        if codec.stateful or (before and before.stateful):
            self._playout.start(codec)
        self._payload_type, self._unit_bytes = payload_type, codec.unit_bytes
        self._decoder = codec.decoder()
        self.codec = codec

    def _framed(self, audio: bytes) -> tuple[bytes, ...]:
        audio = self._rest + audio
        whole = len(audio) - len(audio) % FRAME_BYTES
        self._rest = audio[whole:]
        return tuple(audio[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES))
