"""The interpreter of flows: `(session, event) → (session, commands)`. It does nothing itself and reads no clock.

Two rules: an event that can't happen in a phase is answered with that phase's own command again; a hang-up always ends
the flow, with the decision that stands, else with the outcome that the step or the flow names for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr_flows.commands import Command
from ivr_flows.events import Decided, Digit, Event, Failed, Fetched, HungUp, Silence, Speech
from ivr_flows.kinds import acting, asking, choosing_language, listening, typing_digits
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.model.flow import Flow
from ivr_flows.model.steps import (
    AskStep,
    BranchStep,
    DecideStep,
    DigitsStep,
    HangUpStep,
    LanguageStep,
    ListenStep,
    LookupStep,
    SayStep,
    SetStep,
    StepBase,
)
from ivr_flows.session import Phase, Session, SessionError
from ivr_flows.turn import Turn

Commands = tuple[Command, ...]
_Enter = Callable[[Turn, Any], str | None]

_QUESTIONS: Mapping[type[StepBase], QuestionKind] = {
    AskStep: asking.KIND,
    DigitsStep: typing_digits.KIND,
    ListenStep: listening.KIND,
    LanguageStep: choosing_language.KIND,
}
_ENTER: Mapping[type[StepBase], _Enter] = {
    SayStep: acting.enter_say,
    SetStep: acting.enter_set,
    BranchStep: acting.enter_branch,
    HangUpStep: acting.enter_hang_up,
    LookupStep: acting.enter_lookup,
    DecideStep: acting.enter_decide,
    **{step: kind.enter for step, kind in _QUESTIONS.items()},
}


def start(
    flow: Flow, inputs: Mapping[str, object], language: str = "", *, caller: str = ""
) -> tuple[Session, Commands]:
    """Begin a call. `language` "" takes the flow's first; `caller` is the other side's number.

    Raises `InputError` for inputs or a language that the flow can't take.
    """
    turn = Turn(
        flow,
        Session(
            flow=flow.name,
            flow_hash=flow.hash,
            language=flow.check_language(language),
            caller=caller,
            values=flow.check_inputs(inputs),
        ),
    )
    return _go(turn, flow.body.start)


def advance(flow: Flow, session: Session, event: Event) -> tuple[Session, Commands]:
    """What follows from an event. Raises `SessionError` for a session of another flow or version, nothing else."""
    turn = _resumed(flow, session)
    if session.phase is Phase.ENDED:
        return session, (turn.ending(),)
    if isinstance(event, HungUp):
        turn.end(turn.step.on_hang_up or flow.body.on_hang_up)
        return turn.session, tuple(turn.commands)
    target = _answered(turn, event)
    if turn.exhausted and not turn.over:
        turn.commands.clear()
        target = flow.body.gives_up
    return _go(turn, target) if target else (turn.session, tuple(turn.commands))


def resume(flow: Flow, session: Session) -> tuple[Session, Commands]:
    """Go on from a saved session: its question is put again, its decision or lookup asked for again."""
    turn = _resumed(flow, session)
    if session.phase is Phase.ENDED:
        return session, (turn.ending(),)
    if session.phase in (Phase.ANSWER, Phase.CONFIRM):
        turn.change(typed="")
        _QUESTIONS[type(turn.step)].ask(turn, turn.step)
    else:
        _wait_again(turn)
    return turn.session, tuple(turn.commands)


def _resumed(flow: Flow, session: Session) -> Turn:
    if (session.flow, session.flow_hash) != (flow.name, flow.hash):
        raise SessionError(
            f"expected a session of {flow.name} {flow.hash}, got one of {session.flow} {session.flow_hash}"
        )
    return Turn(flow, session)


def _answered(turn: Turn, event: Event) -> str | None:
    step: Any = turn.step
    match turn.session.phase, event:
        case Phase.ANSWER | Phase.CONFIRM, Digit():
            return _QUESTIONS[type(step)].key(turn, step, event)
        case Phase.ANSWER | Phase.CONFIRM, Speech():
            return _QUESTIONS[type(step)].speech(turn, step, event)
        case Phase.ANSWER | Phase.CONFIRM, Silence():
            return _QUESTIONS[type(step)].silence(turn, step, event)
        case Phase.DECIDE, Decided() | Failed():
            return acting.decided(turn, step, event)
        case Phase.FETCH, Fetched() | Failed():
            return acting.fetched(turn, step, event)
        case _:
            _wait_again(turn)
            return None


def _wait_again(turn: Turn) -> None:
    step: Any = turn.step
    match turn.session.phase:
        case Phase.DECIDE:
            turn.decide(step.decide)
        case Phase.FETCH:
            acting.fetch_again(turn, step)
        case _:
            _QUESTIONS[type(step)].wait(turn, step)


def _go(turn: Turn, name: str) -> tuple[Session, Commands]:
    """From step to step until one waits or ends. The loader has seen to it that no circle lacks a wait."""
    turn.change(beat=name)
    target: str | None = name
    while target:
        if turn.exhausted:
            target = turn.flow.body.gives_up
        turn.change(step=target, typed="", confirming="", no_input=0, no_match=0)
        target = _ENTER[type(turn.step)](turn, turn.step)
    return turn.session, tuple(turn.commands)
