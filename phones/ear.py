"""What a phone hears: timed packets in; voice, keys and recorded frames out. No clock, no socket."""

from __future__ import annotations

from dataclasses import dataclass, field

from media.audio.g711 import BY_PAYLOAD_TYPE
from media.rtp.packet import MalformedPacketError, RtpPacket, parse
from phones.keys import read_event
from phones.mouth import Frame, is_voiced
from phones.trace import Arrival, KeyPress


@dataclass(slots=True)
class Ear:
    """Takes datagrams in the order in which they came."""

    event_payload: int | None = 101
    arrivals: list[Arrival] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    keys: list[KeyPress] = field(default_factory=list)
    malformed: int = 0
    last_voiced_at: float | None = None
    _key_timestamp: int | None = None

    def hear(self, at: float, datagram: bytes) -> bool:
        """Take one datagram. Returns whether it was voiced."""
        try:
            packet = parse(datagram)
        except MalformedPacketError:
            self.malformed += 1
            return False
        if packet.payload_type == self.event_payload:
            self._key(at, packet)
            return False
        return packet.payload_type in BY_PAYLOAD_TYPE and self._audio(at, packet)

    def _audio(self, at: float, packet: RtpPacket) -> bool:
        samples = BY_PAYLOAD_TYPE[packet.payload_type].decode(packet.payload)
        voiced = is_voiced(samples)
        self.arrivals.append(Arrival(at, packet.sequence, packet.timestamp, packet.ssrc, voiced))
        self.frames.append(Frame(at, packet.timestamp, packet.ssrc, samples))
        if voiced:
            self.last_voiced_at = at
        return voiced

    def _key(self, at: float, packet: RtpPacket) -> None:
        self.arrivals.append(Arrival(at, packet.sequence, packet.timestamp, packet.ssrc, voiced=False, event=True))
        event = read_event(packet.payload)
        if event is None:
            self.malformed += 1
        elif packet.timestamp != self._key_timestamp:
            self._key_timestamp = packet.timestamp
            self.keys.append(KeyPress(event.key, at, at))
        else:
            self.keys[-1] = KeyPress(event.key, self.keys[-1].started_at, at)
