"""A transfer's life as one table: from ringing a person to their leaving.

Two rules: every pair of a stage and a happening stands in the table, so that events may come in any order and twice;
and once OVER nothing happens any more.
"""

from __future__ import annotations

from enum import Enum, auto


class Stage(Enum):
    """Where a transfer stands."""

    RINGING = auto()
    """The person's phone rings."""
    MEETING = auto()
    """They have answered; their own media are being joined with them."""
    WHISPERING = auto()
    """They hear what it is about, twice."""
    ASKED = auto()
    """All was said; the key that takes the call may still come."""
    TALKING = auto()
    """Caller and person talk, without Mercury's media."""
    OVER = auto()


class Turn(Enum):
    """What can happen to a transfer."""

    ANSWERED = auto()
    """The person's leg entered Stasis, and they are to be asked first."""
    MET = auto()
    """Their own media are joined with them."""
    SAID = auto()
    """The whisper was said to its end."""
    TAKEN = auto()
    """They took the call: the key was pressed, or they answered where no key is asked for."""
    GONE = auto()
    """Their channel is no more, whoever ended it."""
    FAILED = auto()
    """The switch refused something, or their media ended."""
    OVERDUE = auto()
    """The stage lasted longer than it may."""


class Act(Enum):
    """What a transfer does about it."""

    MEET = auto()
    WHISPER = auto()
    JOIN = auto()
    """Let caller and person talk."""


_S, _T, _A = Stage, Turn, Act

_NEWS: dict[tuple[Stage, Turn], tuple[Stage, tuple[Act, ...]]] = {
    (_S.RINGING, _T.ANSWERED): (_S.MEETING, (_A.MEET,)),
    (_S.RINGING, _T.TAKEN): (_S.TALKING, (_A.JOIN,)),
    (_S.MEETING, _T.MET): (_S.WHISPERING, (_A.WHISPER,)),
    (_S.WHISPERING, _T.SAID): (_S.ASKED, ()),
    (_S.WHISPERING, _T.TAKEN): (_S.TALKING, (_A.JOIN,)),
    (_S.ASKED, _T.TAKEN): (_S.TALKING, (_A.JOIN,)),
    **{
        (stage, turn): (_S.OVER, ())
        for stage in (_S.RINGING, _S.MEETING, _S.WHISPERING, _S.ASKED, _S.TALKING)
        for turn in (_T.GONE, _T.FAILED, _T.OVERDUE)
    },
}

TABLE: dict[tuple[Stage, Turn], tuple[Stage, tuple[Act, ...]]] = {
    (stage, turn): _NEWS.get((stage, turn), (stage, ())) for stage in Stage for turn in Turn
}
"""(stage, turn) → (next stage, acts). A pair that is no news leaves the stage as it is."""


def step(stage: Stage, turn: Turn) -> tuple[Stage, tuple[Act, ...]]:
    """The next stage, and what to do."""
    return TABLE[stage, turn]


def why_over(stage: Stage, turn: Turn) -> str:
    """Why it ended in this stage by this turn. A ringing phone's end tells its own reason, by its cause."""
    if turn is Turn.FAILED:
        return "failed"
    if stage is Stage.TALKING:
        return "longest" if turn is Turn.OVERDUE else "left"
    if turn is Turn.OVERDUE:
        return "failed" if stage is Stage.MEETING else "no_answer"
    return "no_answer" if stage is Stage.RINGING else "declined"
