"""How far the dialling of a phone is, by what the network tells before the answer. Pure.

What is heard before the answer is the network: its ringing tone, a tune, or an announcement that the phone is switched
off. It is nobody's greeting: it is not listened to, starts no flow, and is no proof that a phone rings. Sources: 180
Ringing and 183 Session Progress (RFC 3261, 21.1.2 and 21.1.5), early media (RFC 3960); Asterisk's Dial events bring
them (dialstatus RINGING, PROGRESS, ANSWER).
"""

from __future__ import annotations

from enum import Enum, auto


class Stage(Enum):
    """What is known of a phone that is dialled."""

    DIALLED = auto()
    RINGING = auto()
    """It was told to ring (180)."""
    HEARD = auto()
    """The network is heard (183), and nothing says that a phone rings."""
    BOTH = auto()
    """It rings, and the network is heard."""
    ANSWERED = auto()


class Sign(Enum):
    """What Asterisk tells of it."""

    RINGING = auto()
    EARLY_MEDIA = auto()
    ANSWER = auto()


_S, _I = Stage, Sign
TABLE: dict[tuple[Stage, Sign], tuple[Stage, Sign | None]] = {
    (_S.DIALLED, _I.RINGING): (_S.RINGING, _I.RINGING),
    (_S.DIALLED, _I.EARLY_MEDIA): (_S.HEARD, _I.EARLY_MEDIA),
    (_S.DIALLED, _I.ANSWER): (_S.ANSWERED, None),
    (_S.RINGING, _I.RINGING): (_S.RINGING, None),
    (_S.RINGING, _I.EARLY_MEDIA): (_S.BOTH, _I.EARLY_MEDIA),
    (_S.RINGING, _I.ANSWER): (_S.ANSWERED, None),
    (_S.HEARD, _I.RINGING): (_S.BOTH, _I.RINGING),
    (_S.HEARD, _I.EARLY_MEDIA): (_S.HEARD, None),
    (_S.HEARD, _I.ANSWER): (_S.ANSWERED, None),
    (_S.BOTH, _I.RINGING): (_S.BOTH, None),
    (_S.BOTH, _I.EARLY_MEDIA): (_S.BOTH, None),
    (_S.BOTH, _I.ANSWER): (_S.ANSWERED, None),
    (_S.ANSWERED, _I.RINGING): (_S.ANSWERED, None),
    (_S.ANSWERED, _I.EARLY_MEDIA): (_S.ANSWERED, None),
    (_S.ANSWERED, _I.ANSWER): (_S.ANSWERED, None),
}
"""(stage, sign) → (next stage, what is news of it)."""

_DIAL = {"RINGING": Sign.RINGING, "PROGRESS": Sign.EARLY_MEDIA, "ANSWER": Sign.ANSWER}


def of_dial(dialstatus: str) -> Sign | None:
    """What a Dial event says; None for what ends the dialling, which its channel's end tells with the cause."""
    return _DIAL.get(dialstatus)


def step(stage: Stage, sign: Sign) -> tuple[Stage, Sign | None]:
    """The next stage, and what is news."""
    return TABLE[stage, sign]
