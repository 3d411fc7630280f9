"""How a call's first seconds are judged, as one table.

Two rules: every pair of a stage and a sign stands in the table; and a verdict of a machine is never taken back, while
one of a person, or of doubt, may be.
"""

from __future__ import annotations

from enum import Enum, auto


class Stage(Enum):
    """Where the judging stands."""

    WAITING = auto()
    """Answered; nobody has spoken."""
    GREETING = auto()
    """Somebody, or something, speaks."""
    WATCHING = auto()
    """Taken for a person; it may turn out otherwise."""
    MACHINE = auto()
    """A machine that still says its greeting."""
    OVER = auto()


class Sign(Enum):
    """What can be heard."""

    SPEECH = auto()
    """It begins."""
    SHORT = auto()
    """It was over soon."""
    MIDDLING = auto()
    """It was over, not soon."""
    LONG = auto()
    """It goes on and on."""
    MUTE = auto()
    """Nobody has spoken for long."""
    BEEP = auto()
    """After speech; and silence after it."""
    SIGNAL = auto()
    """Tones of a network or a fax."""
    QUIET = auto()
    """A machine's greeting was followed by a long silence."""
    DUE = auto()
    """The stage has lasted as long as it may."""


class Tell(Enum):
    """What is told about it."""

    HUMAN = auto()
    DOUBT = auto()
    MACHINE = auto()
    GREETING_OVER = auto()


_S, _I, _T = Stage, Sign, Tell
_MACHINE = (_S.MACHINE, (_T.MACHINE,))
_BEEPED = (_S.OVER, (_T.MACHINE, _T.GREETING_OVER))
_SAID = (_S.OVER, (_T.GREETING_OVER,))

_NEWS: dict[tuple[Stage, Sign], tuple[Stage, tuple[Tell, ...]]] = {
    (_S.WAITING, _I.SPEECH): (_S.GREETING, ()),
    (_S.WAITING, _I.MUTE): (_S.WATCHING, (_T.DOUBT,)),
    (_S.WAITING, _I.SIGNAL): _MACHINE,
    (_S.GREETING, _I.SHORT): (_S.WATCHING, (_T.HUMAN,)),
    (_S.GREETING, _I.MIDDLING): (_S.WATCHING, (_T.DOUBT,)),
    (_S.GREETING, _I.MUTE): (_S.WATCHING, (_T.DOUBT,)),
    (_S.GREETING, _I.LONG): _MACHINE,
    (_S.GREETING, _I.BEEP): _BEEPED,
    (_S.GREETING, _I.SIGNAL): _MACHINE,
    (_S.WATCHING, _I.LONG): _MACHINE,
    (_S.WATCHING, _I.BEEP): _BEEPED,
    (_S.WATCHING, _I.SIGNAL): _MACHINE,
    (_S.WATCHING, _I.DUE): (_S.OVER, ()),
    (_S.MACHINE, _I.BEEP): _SAID,
    (_S.MACHINE, _I.QUIET): _SAID,
    (_S.MACHINE, _I.DUE): _SAID,
}

TABLE: dict[tuple[Stage, Sign], tuple[Stage, tuple[Tell, ...]]] = {
    (stage, sign): _NEWS.get((stage, sign), (stage, ())) for stage in Stage for sign in Sign
}
"""(stage, sign) → (next stage, what is told). A pair that is no news leaves the stage as it is."""
