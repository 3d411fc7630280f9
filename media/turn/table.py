"""Whose turn it is, as one table. Pure data.

Every state has a row for every input: a test holds it to that. What each row does is done by its reader
(media/turn/taking.py for the clock, media/dialog/conversation.py for the rest), in order.
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Whose turn it is."""

    DEAF = auto()
    """Nothing is listened for."""
    WAITING = auto()
    """Nobody speaks; the silence clock runs."""
    AGENT = auto()
    """The agent speaks and may be interrupted."""
    PROTECTED = auto()
    """The agent speaks and may not be interrupted."""
    OVERLAP = auto()
    """The caller speaks over an agent who may not be interrupted: a turn if it lasts longer than the agent."""
    TURN = auto()
    """The caller speaks."""


class Input(Enum):
    """What happens."""

    LISTEN = auto()
    DEAFEN = auto()
    SPEECH = auto()
    """The caller has begun to speak, for certain."""
    END = auto()
    """The caller has been silent for long enough, or has spoken for too long."""
    TIMEOUT = auto()
    """The silence clock ran out."""
    AGENT = auto()
    """The agent says something that may be interrupted."""
    PROTECTED = auto()
    """The agent says something that may not be interrupted."""
    QUIET = auto()
    """The agent has nothing more to say."""


class Action(Enum):
    """What is to be done."""

    CUT = auto()
    """Stop the agent."""
    KEEP = auto()
    """Keep the caller's audio from here, pre-roll included."""
    OPEN = auto()
    """The caller's turn begins: recognise what was kept and what comes."""
    REOPEN = auto()
    """Recognise this turn afresh: something else is listened for."""
    CLOSE = auto()
    """The turn is over: its text is wanted."""
    DISCARD = auto()
    """Forget what was kept."""
    REPORT_SILENCE = auto()
    START_CLOCK = auto()
    STOP_CLOCK = auto()


_S, _I, _A = State, Input, Action

TABLE: dict[State, dict[Input, tuple[State, tuple[Action, ...]]]] = {
    _S.DEAF: {
        _I.LISTEN: (_S.WAITING, (_A.START_CLOCK,)),
        _I.DEAFEN: (_S.DEAF, ()),
        _I.SPEECH: (_S.DEAF, ()),
        _I.END: (_S.DEAF, ()),
        _I.TIMEOUT: (_S.DEAF, ()),
        _I.AGENT: (_S.DEAF, ()),
        _I.PROTECTED: (_S.DEAF, ()),
        _I.QUIET: (_S.DEAF, ()),
    },
    _S.WAITING: {
        _I.LISTEN: (_S.WAITING, (_A.START_CLOCK,)),
        _I.DEAFEN: (_S.DEAF, (_A.STOP_CLOCK,)),
        _I.SPEECH: (_S.TURN, (_A.STOP_CLOCK, _A.KEEP, _A.OPEN)),
        _I.END: (_S.WAITING, ()),
        _I.TIMEOUT: (_S.WAITING, (_A.STOP_CLOCK, _A.REPORT_SILENCE)),
        _I.AGENT: (_S.AGENT, (_A.STOP_CLOCK,)),
        _I.PROTECTED: (_S.PROTECTED, (_A.STOP_CLOCK,)),
        _I.QUIET: (_S.WAITING, ()),
    },
    _S.AGENT: {
        _I.LISTEN: (_S.AGENT, ()),
        _I.DEAFEN: (_S.DEAF, ()),
        _I.SPEECH: (_S.TURN, (_A.KEEP, _A.OPEN, _A.CUT)),
        _I.END: (_S.AGENT, ()),
        _I.TIMEOUT: (_S.AGENT, ()),
        _I.AGENT: (_S.AGENT, ()),
        _I.PROTECTED: (_S.PROTECTED, ()),
        _I.QUIET: (_S.WAITING, (_A.START_CLOCK,)),
    },
    _S.PROTECTED: {
        _I.LISTEN: (_S.PROTECTED, ()),
        _I.DEAFEN: (_S.DEAF, ()),
        _I.SPEECH: (_S.OVERLAP, (_A.KEEP,)),
        _I.END: (_S.PROTECTED, ()),
        _I.TIMEOUT: (_S.PROTECTED, ()),
        _I.AGENT: (_S.AGENT, ()),
        _I.PROTECTED: (_S.PROTECTED, ()),
        _I.QUIET: (_S.WAITING, (_A.START_CLOCK,)),
    },
    _S.OVERLAP: {
        _I.LISTEN: (_S.OVERLAP, ()),
        _I.DEAFEN: (_S.DEAF, (_A.DISCARD,)),
        _I.SPEECH: (_S.OVERLAP, ()),
        _I.END: (_S.PROTECTED, (_A.DISCARD,)),
        _I.TIMEOUT: (_S.OVERLAP, ()),
        _I.AGENT: (_S.TURN, (_A.OPEN, _A.CUT)),
        _I.PROTECTED: (_S.OVERLAP, ()),
        _I.QUIET: (_S.TURN, (_A.OPEN,)),
    },
    _S.TURN: {
        _I.LISTEN: (_S.TURN, (_A.REOPEN,)),
        _I.DEAFEN: (_S.DEAF, (_A.DISCARD,)),
        _I.SPEECH: (_S.TURN, ()),
        _I.END: (_S.WAITING, (_A.CLOSE,)),
        _I.TIMEOUT: (_S.TURN, ()),
        _I.AGENT: (_S.TURN, ()),
        _I.PROTECTED: (_S.TURN, ()),
        _I.QUIET: (_S.TURN, ()),
    },
}
"""State × input → next state, actions.

An agent who starts to speak in the caller's turn is not cut (the application chose to speak); the turn's END is
followed by the agent's present doing (AGENT, PROTECTED or QUIET), as LISTEN is, so that WAITING never outlasts the
truth.
"""
