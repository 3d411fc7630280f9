"""A call's life as one table.

Two rules: every pair of a state and a happening stands in the table, so that events may come in any order and twice;
and once ENDED nothing happens any more. The actions of a row are carried out in order, each with a deadline.
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where a call stands."""

    DIALING = auto()
    """Originated; the person has not answered."""
    SETTING_UP = auto()
    """The person's leg is in Stasis; its bridge and media are being made."""
    TALKING = auto()
    """The flow runs."""
    ENDING = auto()
    """The person's leg is being hung up."""
    ENDED = auto()
    """Nothing of it is left in Asterisk."""


class Happening(Enum):
    """What can happen to a call."""

    ANSWERED = auto()
    """The person's leg entered Stasis."""
    MEDIA_READY = auto()
    FLOW_ENDED = auto()
    LEG_GONE = auto()
    """The person's channel is no more, whoever ended it."""
    MEDIA_GONE = auto()
    """The ExternalMedia channel ended, or its RTP stopped."""
    SETUP_FAILED = auto()
    CANCELED = auto()
    """Asked for by the backend or an operator, or Mercury is closing."""
    OVERDUE = auto()
    """The state lasted longer than it may."""


class Action(Enum):
    """What a call does about it."""

    SET_UP = auto()
    START_FLOW = auto()
    STOP_FLOW = auto()
    """Tell the flow that the caller has gone, and take its last word."""
    HANG_UP = auto()
    TEAR_DOWN = auto()
    """Leave no bridge, media channel or port behind."""
    FINISH = auto()
    """Record the call's end, and its result."""


_S, _H, _A = State, Happening, Action
_LEAVE = (_A.TEAR_DOWN, _A.FINISH)

_NEWS: dict[tuple[State, Happening], tuple[State, tuple[Action, ...]]] = {
    (_S.DIALING, _H.ANSWERED): (_S.SETTING_UP, (_A.SET_UP,)),
    (_S.DIALING, _H.LEG_GONE): (_S.ENDED, _LEAVE),
    (_S.DIALING, _H.MEDIA_GONE): (_S.ENDING, (_A.HANG_UP,)),
    (_S.DIALING, _H.SETUP_FAILED): (_S.ENDING, (_A.HANG_UP,)),
    (_S.DIALING, _H.CANCELED): (_S.ENDING, (_A.HANG_UP,)),
    (_S.DIALING, _H.OVERDUE): (_S.ENDING, (_A.HANG_UP,)),
    (_S.SETTING_UP, _H.MEDIA_READY): (_S.TALKING, (_A.START_FLOW,)),
    (_S.SETTING_UP, _H.LEG_GONE): (_S.ENDED, _LEAVE),
    (_S.SETTING_UP, _H.MEDIA_GONE): (_S.ENDING, (_A.HANG_UP,)),
    (_S.SETTING_UP, _H.SETUP_FAILED): (_S.ENDING, (_A.HANG_UP,)),
    (_S.SETTING_UP, _H.CANCELED): (_S.ENDING, (_A.HANG_UP,)),
    (_S.SETTING_UP, _H.OVERDUE): (_S.ENDING, (_A.HANG_UP,)),
    (_S.TALKING, _H.FLOW_ENDED): (_S.ENDING, (_A.HANG_UP,)),
    (_S.TALKING, _H.LEG_GONE): (_S.ENDED, (_A.STOP_FLOW, *_LEAVE)),
    (_S.TALKING, _H.MEDIA_GONE): (_S.ENDING, (_A.STOP_FLOW, _A.HANG_UP)),
    (_S.TALKING, _H.CANCELED): (_S.ENDING, (_A.STOP_FLOW, _A.HANG_UP)),
    (_S.TALKING, _H.OVERDUE): (_S.ENDING, (_A.STOP_FLOW, _A.HANG_UP)),
    (_S.ENDING, _H.LEG_GONE): (_S.ENDED, _LEAVE),
    (_S.ENDING, _H.OVERDUE): (_S.ENDED, (_A.HANG_UP, *_LEAVE)),
}

TABLE: dict[tuple[State, Happening], tuple[State, tuple[Action, ...]]] = {
    (state, happening): _NEWS.get((state, happening), (state, ())) for state in State for happening in Happening
}
"""(state, happening) → (next state, actions). A pair that is no news leaves the state as it is."""


def step(state: State, happening: Happening) -> tuple[State, tuple[Action, ...]]:
    """The next state, and what to do."""
    return TABLE[state, happening]
