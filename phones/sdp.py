"""As much of session descriptions (RFC 4566, RFC 3264) as a phone with A-law and keys needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

PCMU = 0
PCMA = 8


class SdpError(ValueError):
    """A description that a phone can't use."""


@dataclass(frozen=True, slots=True)
class Media:
    """One side's audio: where it wants RTP, which payload types in order of preference, and the one for keys."""

    address: str
    port: int
    payloads: tuple[int, ...]
    event_payload: int | None
    ptime_ms: int = 20

    def describe(self) -> str:
        """The session description that offers or answers this."""
        names = {PCMU: "PCMU/8000", PCMA: "PCMA/8000"}
        events = () if self.event_payload is None else (self.event_payload,)
        lines = [
            "v=0",
            f"o=- {self.port} 1 IN IP4 {self.address}",
            "s=-",
            f"c=IN IP4 {self.address}",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {' '.join(map(str, self.payloads + events))}",
            *(f"a=rtpmap:{payload} {names[payload]}" for payload in self.payloads),
        ]
        for event in events:
            lines += [f"a=rtpmap:{event} telephone-event/8000", f"a=fmtp:{event} 0-16"]
        return "\n".join([*lines, f"a=ptime:{self.ptime_ms}", "a=sendrecv"])


def read_media(text: str) -> Media:
    """The first audio stream of a description.

    Raises `SdpError` when there is none, or it has no address.
    """
    stream = re.search(r"^m=audio (\d+) RTP/S?AVP ([\d ]+?)\s*$", text, re.MULTILINE)
    if not stream:
        raise SdpError(f"expected an audio stream (m=audio … RTP/AVP), got {text!r}")
    connections = re.findall(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    if not connections:
        raise SdpError(f"expected an address (c=IN IP4 …), got {text!r}")
    event = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", text, re.MULTILINE)
    ptime = re.search(r"^a=ptime:(\d+)", text, re.MULTILINE)
    event_payload = int(event[1]) if event else None
    payloads = tuple(int(payload) for payload in stream[2].split() if int(payload) != event_payload)
    return Media(connections[-1], int(stream[1]), payloads, event_payload, int(ptime[1]) if ptime else 20)
