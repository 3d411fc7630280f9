"""Whose turn it is, as one table. Pure data.

Every state has a row for every input: a test holds it to that. What each row does is done by its reader
(media/turn/taking.py for the clock, media/dialog/conversation.py for the rest), in order.

Barge-in has two stages. A voice over the agent makes it stand still at once (VOICE); what is heard then decides: words,
or speech that goes on, take the turn (CLAIM); a cough or a "yes, yes" does not, and the agent goes on where it was
(RELENT).
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
    CONTESTED = auto()
    """The caller is heard over the agent, who stands still until it is clear whose turn it is."""
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
    VOICE = auto()
    """A voice is heard over the agent."""
    SPEECH = auto()
    """The caller has begun to speak, for certain."""
    CLAIM = auto()
    """What is heard over the agent takes the turn."""
    RELENT = auto()
    """What was heard over the agent does not take the turn."""
    WORDS = auto()
    """A recogniser has heard words in what was not certain to be speech."""
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

    PAUSE = auto()
    """Let the agent stand still."""
    RESUME = auto()
    """Let the agent go on where it stood still."""
    CUT = auto()
    """Stop the agent."""
    KEEP = auto()
    """Keep the caller's audio from here, pre-roll included."""
    OPEN = auto()
    """Recognise what was kept and what comes; afresh if something else is listened for now."""
    BEGIN = auto()
    """It is the caller's turn."""
    PROBE = auto()
    """The caller pauses: find out what was said, and whether that was all."""
    CATCH = auto()
    """What was just heard was not certain to be speech: see whether it has words."""
    TAKE = auto()
    """The words that were caught are a turn, over by now."""
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
        _I.VOICE: (_S.DEAF, ()),
        _I.SPEECH: (_S.DEAF, ()),
        _I.CLAIM: (_S.DEAF, ()),
        _I.RELENT: (_S.DEAF, ()),
        _I.WORDS: (_S.DEAF, ()),
        _I.END: (_S.DEAF, ()),
        _I.TIMEOUT: (_S.DEAF, ()),
        _I.AGENT: (_S.DEAF, ()),
        _I.PROTECTED: (_S.DEAF, ()),
        _I.QUIET: (_S.DEAF, ()),
    },
    _S.WAITING: {
        _I.LISTEN: (_S.WAITING, (_A.START_CLOCK,)),
        _I.DEAFEN: (_S.DEAF, (_A.STOP_CLOCK,)),
        _I.VOICE: (_S.WAITING, ()),
        _I.SPEECH: (_S.TURN, (_A.STOP_CLOCK, _A.KEEP, _A.OPEN, _A.BEGIN)),
        _I.CLAIM: (_S.WAITING, ()),
        _I.RELENT: (_S.WAITING, ()),
        _I.WORDS: (_S.WAITING, (_A.TAKE,)),
        _I.END: (_S.WAITING, ()),
        _I.TIMEOUT: (_S.WAITING, (_A.STOP_CLOCK, _A.REPORT_SILENCE)),
        _I.AGENT: (_S.AGENT, (_A.STOP_CLOCK,)),
        _I.PROTECTED: (_S.PROTECTED, (_A.STOP_CLOCK,)),
        _I.QUIET: (_S.WAITING, ()),
    },
    _S.AGENT: {
        _I.LISTEN: (_S.AGENT, ()),
        _I.DEAFEN: (_S.DEAF, ()),
        _I.VOICE: (_S.CONTESTED, (_A.PAUSE, _A.KEEP, _A.OPEN)),
        _I.SPEECH: (_S.AGENT, ()),
        _I.CLAIM: (_S.AGENT, ()),
        _I.RELENT: (_S.AGENT, ()),
        _I.WORDS: (_S.AGENT, ()),
        _I.END: (_S.AGENT, ()),
        _I.TIMEOUT: (_S.AGENT, ()),
        _I.AGENT: (_S.AGENT, ()),
        _I.PROTECTED: (_S.PROTECTED, ()),
        _I.QUIET: (_S.WAITING, (_A.START_CLOCK,)),
    },
    _S.CONTESTED: {
        _I.LISTEN: (_S.CONTESTED, (_A.OPEN,)),
        _I.DEAFEN: (_S.DEAF, (_A.DISCARD, _A.RESUME)),
        _I.VOICE: (_S.CONTESTED, ()),
        _I.SPEECH: (_S.CONTESTED, ()),
        _I.CLAIM: (_S.TURN, (_A.BEGIN, _A.CUT)),
        _I.RELENT: (_S.AGENT, (_A.DISCARD, _A.RESUME)),
        _I.WORDS: (_S.CONTESTED, ()),
        _I.END: (_S.AGENT, (_A.DISCARD, _A.RESUME)),
        _I.TIMEOUT: (_S.CONTESTED, ()),
        _I.AGENT: (_S.CONTESTED, ()),
        _I.PROTECTED: (_S.OVERLAP, (_A.RESUME,)),
        _I.QUIET: (_S.TURN, (_A.BEGIN,)),
    },
    _S.PROTECTED: {
        _I.LISTEN: (_S.PROTECTED, ()),
        _I.DEAFEN: (_S.DEAF, ()),
        _I.VOICE: (_S.PROTECTED, ()),
        _I.SPEECH: (_S.OVERLAP, (_A.KEEP,)),
        _I.CLAIM: (_S.PROTECTED, ()),
        _I.RELENT: (_S.PROTECTED, ()),
        _I.WORDS: (_S.PROTECTED, ()),
        _I.END: (_S.PROTECTED, ()),
        _I.TIMEOUT: (_S.PROTECTED, ()),
        _I.AGENT: (_S.AGENT, ()),
        _I.PROTECTED: (_S.PROTECTED, ()),
        _I.QUIET: (_S.WAITING, (_A.START_CLOCK,)),
    },
    _S.OVERLAP: {
        _I.LISTEN: (_S.OVERLAP, ()),
        _I.DEAFEN: (_S.DEAF, (_A.DISCARD,)),
        _I.VOICE: (_S.OVERLAP, ()),
        _I.SPEECH: (_S.OVERLAP, ()),
        _I.CLAIM: (_S.OVERLAP, ()),
        _I.RELENT: (_S.OVERLAP, ()),
        _I.WORDS: (_S.OVERLAP, ()),
        _I.END: (_S.PROTECTED, (_A.DISCARD,)),
        _I.TIMEOUT: (_S.OVERLAP, ()),
        _I.AGENT: (_S.TURN, (_A.OPEN, _A.BEGIN, _A.CUT)),
        _I.PROTECTED: (_S.OVERLAP, ()),
        _I.QUIET: (_S.TURN, (_A.OPEN, _A.BEGIN)),
    },
    _S.TURN: {
        _I.LISTEN: (_S.TURN, (_A.OPEN,)),
        _I.DEAFEN: (_S.DEAF, (_A.DISCARD,)),
        _I.VOICE: (_S.TURN, ()),
        _I.SPEECH: (_S.TURN, ()),
        _I.CLAIM: (_S.TURN, ()),
        _I.RELENT: (_S.TURN, ()),
        _I.WORDS: (_S.TURN, ()),
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
