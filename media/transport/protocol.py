"""What carries a call's frames to Asterisk and back: RTP over UDP, or a websocket, behind one interface.

A transport says which ExternalMedia channel it needs (`request`), and is attached to the one that Asterisk has made.

Frames are 20 ms of 16-bit linear audio at 8 kHz. The caller's reach Mercury twice: at once (`on_frame`, for voice
activity, where every millisecond counts) and in order on the ticker (`receive`, for recognisers and recordings).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Address = tuple[str, int]
OnFrame = Callable[[bytes, float], None]
"""Called with a frame that has just come, and the time in seconds."""


class TransportError(Exception):
    """The way to Asterisk could not be opened; the text says what was expected and what came."""


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """The ExternalMedia channel that a transport needs (`POST /channels/externalMedia`), in ARI's words."""

    transport: Literal["udp", "websocket"]
    encapsulation: Literal["rtp", "none"]
    external_host: str
    """Where Asterisk sends to: host:port; INCOMING where we open the connection."""
    format: str
    """Asterisk's name of the codec."""
    connection_type: Literal["client", "server"] = "client"
    """Who opens a connection: Asterisk as a client, or we to its server."""


@dataclass(frozen=True, slots=True)
class TransportStatistics:
    """Counts of one leg, in packets (messages on a websocket)."""

    received: int = 0
    sent: int = 0
    send_errors: int = 0
    """Packets that the system did not take; what Asterisk could not do, on a websocket."""
    dropped: int = 0
    """Frames of the agent's that found no room on the way."""
    left_out: int = 0
    """Frames of the agent's that were not sent, so that less waits in Asterisk."""
    lost: int = 0
    late: int = 0
    duplicates: int = 0
    malformed: int = 0
    wrong_source: int = 0
    wrong_ssrc: int = 0
    skipped_frames: int = 0
    held_frames: int = 0
    """Ticks held back for a deeper buffer, or a sender whose clock is slower."""
    concealed_frames: int = 0
    """Made up in place of packets that did not come in time."""
    noise_frames: int = 0
    """Comfort noise, where the peer suppressed its silence."""
    unsent_frames: int = 0
    """Ticks of ours that were left out."""
    codec: str = ""
    """Of the caller's audio, by Asterisk's name."""
    ptime_ms: float = 0.0
    """Of the caller's packets."""
    missing_ms: float = 0.0
    """Audio missing from the timeline although the packets' numbers go on: lost before Asterisk transcoded it."""
    out_of_order: int = 0
    max_gap_ms: float = 0.0
    """The longest time without a packet while the peer was sending."""
    longest_loss_ms: float = 0.0
    """Of audio in a row that never came, or came too late."""
    bursts: int = 0
    """Times that losses came close together (RFC 3611: fewer than 16 packets apart)."""
    burst_loss: float = 0.0
    """Share of the packets that was lost within them, 0 to 1."""
    gap_loss: float = 0.0
    """Share that was lost outside them."""
    jitter_ms: float = 0.0
    delay_ms: float = 0.0
    """Playout delay at the end."""
    mos: float = 0.0
    """Estimated mean opinion score of the caller's audio, 1 to 4.4 (media/rtp/quality.py); 0 when there was none."""


class PathState(NamedTuple):
    """How the caller's audio comes just now: kept in the call's flight log as it changes."""

    depth_frames: int
    """Frames that packets wait before they are played, at least."""
    late: int
    """Packets that came too late, so far."""
    concealed: int
    """Frames made up in place of packets that did not come in time, so far."""


class Transport(Protocol):
    """One leg's way to Asterisk. Nothing here blocks or raises for what comes from outside."""

    @property
    def request(self) -> MediaRequest:
        """The channel that Asterisk is to make for it."""

    @property
    def lost(self) -> bool:
        """Whether the way to Asterisk is gone for good, as far as it can tell."""

    @property
    def last_received_at(self) -> float | None:
        """When the last packet of the caller's stream came; None before the first."""

    async def attach(self, answer: Mapping[str, str]) -> None:
        """Open the way to the channel that Asterisk has made; `answer` are its channel variables.

        Raises `TransportError`. The channel may be bridged only after this.
        """

    def start(self, on_frame: OnFrame) -> None:
        """Exchange frames with that channel, and nobody else, from now on."""

    @property
    def path(self) -> PathState:
        """How the caller's audio comes just now."""

    def receive(self) -> bytes | None:
        """The caller's next 20 ms, once a tick; None where there is none."""

    def send(self, frame: bytes | None) -> None:
        """Send the next 20 ms, once a tick; None is silence."""

    def flush(self) -> None:
        """Throw away what was sent and is not played yet, where some waits at Asterisk."""

    def skip(self, frames: int) -> None:
        """Ticks were left out: time passed, nothing was sent."""

    async def drained(self) -> None:
        """Return when all that was sent has been played by Asterisk, or never will be; soon, in any case."""

    def close(self) -> TransportStatistics:
        """Free the port; the counts. Idempotent."""


class Transports(Protocol):
    """Opens the transports of a process's calls."""

    def open(self) -> Transport:
        """A leg's. Raises `TransportError` where there is no room for another."""

    async def close(self) -> None:
        """Free what they share. Close the legs before."""
