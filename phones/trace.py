"""What happened on a call, as it was on the wire. All times are seconds since 1970 on this machine's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phones.sip import TimedMessage

By = Literal["phone", "far", "nobody"]
How = Literal["bye", "cancel", "refused", "lost"]


@dataclass(frozen=True, slots=True)
class End:
    """How a call ended.

    `status` is the final code of the INVITE (200 when it was answered, 0 when none came), `cause` the Q.850 cause of
    a Reason header, 0 without one. "lost" is a SIPp that gave up (no response, or it died); `reason` says why.
    """

    by: By
    how: How
    status: int
    cause: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key: from its first packet to its last (the end of the event)."""

    key: str
    started_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet as it came in: of voice when loud enough, else silence, or a key's (`event`).

    `timestamp` is RTP's, in samples.
    """

    at: float
    sequence: int
    timestamp: int
    ssrc: int
    voiced: bool
    event: bool = False


@dataclass(frozen=True, slots=True)
class Talkspurt:
    """Voice from the first voiced packet to the last."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class CallTrace:
    """One call as one phone saw it. "own" is the phone, "far" whom it talked to."""

    phone: str
    invited_at: float | None
    """When the first INVITE went out, or came in."""
    ringing_at: float | None
    answered_at: float | None
    """When the 200 to the INVITE came in, or went out."""
    ended_at: float | None
    """When the BYE, the CANCEL or the refusal came in, or went out."""
    end: End | None
    own_voiced: tuple[float, ...]
    """When each voiced packet left."""
    keys: tuple[KeyPress, ...]
    """Keys pressed here."""
    arrivals: tuple[Arrival, ...]
    far_keys: tuple[KeyPress, ...] = ()
    sip: tuple[TimedMessage, ...] = ()
    malformed: int = 0
    """Datagrams that were no RTP."""

    @property
    def far_voiced(self) -> tuple[float, ...]:
        """When each voiced packet of the far end came."""
        return tuple(arrival.at for arrival in self.arrivals if arrival.voiced)


def talkspurts(voiced: tuple[float, ...], gap_ms: float) -> tuple[Talkspurt, ...]:
    """Voiced packets joined into talkspurts: a pause of more than `gap_ms` between two packets parts them."""
    spurts: list[Talkspurt] = []
    for at in voiced:
        if spurts and (at - spurts[-1].end) * 1000 <= gap_ms:
            spurts[-1] = Talkspurt(spurts[-1].start, at)
        else:
            spurts.append(Talkspurt(at, at))
    return tuple(spurts)
