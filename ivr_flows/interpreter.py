"""The interpreter of flows: `(session, event) → (session, commands)`. It does nothing itself and reads no clock.

Two rules: an event that can't happen in a phase is answered with that phase's own command again; a hang-up always ends
the flow, with the decision that stands, else with the outcome that the step or the flow names for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr_flows.commands import Command
from ivr_flows.events import (
    Canceled,
    Control,
    Decided,
    Digit,
    Dismissed,
    Event,
    Failed,
    Fetched,
    HungUp,
    LanguageAsked,
    Passed,
    Silence,
    Speech,
    Talked,
    Thought,
    TimeUp,
    TransferAsked,
)
from ivr_flows.kinds import (
    acting,
    asking,
    backend,
    choosing_language,
    controlling,
    conversing,
    listening,
    opting_out,
    transferring,
    trying,
    typing_digits,
)
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.model.flow import Flow
from ivr_flows.model.steps import (
    AskStep,
    BranchStep,
    ConverseStep,
    DecideStep,
    DigitsStep,
    HangUpStep,
    LanguageStep,
    ListenStep,
    LookupStep,
    OptOutStep,
    RecordStep,
    RunStep,
    SayStep,
    SetStep,
    StepBase,
    SubmitStep,
    TransferStep,
    VoicemailStep,
    WaitStep,
)
from ivr_flows.session import Phase, Session, SessionError
from ivr_flows.turn import ANNOUNCEMENT, Turn

_FRESH: Mapping[str, Any] = {
    "typed": "",
    "confirming": "",
    "no_input": 0,
    "no_match": 0,
    "unheard": 0,
    "turns": 0,
    "history": (),
    "fetch_key": "",
}
"""What a session knows of the step that it is in, when it comes there."""
Commands = tuple[Command, ...]
_Enter = Callable[[Turn, Any], str | None]
_Again = Callable[[Turn, Any], None]
_Answered = Callable[[Turn, Any, Any], str | None]

_QUESTIONS: Mapping[type[StepBase], QuestionKind] = {
    AskStep: asking.KIND,
    DigitsStep: typing_digits.KIND,
    ListenStep: listening.KIND,
    RecordStep: listening.KIND,
    VoicemailStep: listening.KIND,
    LanguageStep: choosing_language.KIND,
    ConverseStep: conversing.KIND,
}
_ENTER: Mapping[type[StepBase], _Enter] = {
    SayStep: acting.enter_say,
    SetStep: acting.enter_set,
    BranchStep: acting.enter_branch,
    WaitStep: acting.enter_wait,
    HangUpStep: acting.enter_hang_up,
    RunStep: acting.enter_run,
    LookupStep: backend.enter_lookup,
    SubmitStep: backend.enter_submit,
    DecideStep: backend.enter_decide,
    OptOutStep: opting_out.enter,
    TransferStep: transferring.enter,
    **{step: kind.enter for step, kind in _QUESTIONS.items()},
}
"""What each kind does when the call comes to it. `run` has been expanded by then, or it is an error."""
_ELSEWHERE: Mapping[Phase, tuple[_Again, _Answered, tuple[type[Event], ...]]] = {
    Phase.DECIDE: (backend.decide, backend.decided, (Decided, Failed)),
    Phase.OPT_OUT: (opting_out.commit, opting_out.committed, (Decided, Failed)),
    Phase.FETCH: (backend.fetch, backend.fetched, (Fetched, Failed)),
    Phase.PAUSE: (acting.pause, acting.passed, (Passed,)),
    Phase.THINK: (conversing.think, conversing.thought, (Thought, Failed)),
    Phase.TRANSFER: (transferring.ring, transferring.talked, (Talked, Failed)),
    Phase.HANDOVER: (controlling.ring, controlling.handed_over, (Talked, Failed)),
}
"""Phases in which the flow waits for something else than the caller: asking again, the answer, its events."""
_COMMITTING = frozenset({Phase.DECIDE, Phase.OPT_OUT})
"""Phases that nothing from outside interrupts."""


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
    turn.change(step=flow.body.start)
    turn.say(flow.body.announce, ANNOUNCEMENT)
    return _go(turn, flow.body.start)


def advance(flow: Flow, session: Session, event: Event) -> tuple[Session, Commands]:
    """What follows from an event. Raises `SessionError` for a session of another flow or version, nothing else."""
    turn = _resumed(flow, session)
    if session.phase is Phase.ENDED:
        return session, (turn.ending(),)
    turn.change(at_ms=max(session.at_ms, event.at_ms))
    if isinstance(event, HungUp):
        return _hung_up(turn, event)
    target = _came(turn, event)
    if turn.session.time_due and turn.session.phase in _COMMITTING and not isinstance(event, TimeUp) and target:
        turn.change(time_due=False)
        target = _goodbye(flow)
    if turn.exhausted and not turn.over:
        turn.commands.clear()
        target = flow.body.gives_up
    return _go(turn, target) if target else (turn.session, tuple(turn.commands))


def resume(flow: Flow, session: Session) -> tuple[Session, Commands]:
    """Go on from a saved session: its question is put again, its decision or lookup asked for again."""
    turn = _resumed(flow, session)
    if session.phase is Phase.ENDED:
        return session, (turn.ending(),)
    _ask_again(turn)
    return turn.session, tuple(turn.commands)


def _resumed(flow: Flow, session: Session) -> Turn:
    if (session.flow, session.flow_hash) != (flow.name, flow.hash):
        raise SessionError(
            f"expected a session of {flow.name} {flow.hash}, got one of {session.flow} {session.flow_hash}"
        )
    return Turn(flow, session)


def _hung_up(turn: Turn, event: HungUp) -> tuple[Session, Commands]:
    """What was being said to be kept is kept. A message that was never begun does not end as one."""
    step, body = turn.step, turn.flow.body
    if event.speech and turn.session.phase is Phase.ANSWER and isinstance(step, listening.AnyListening):
        listening.keep(turn, step, event.speech)
    unspoken = isinstance(step, VoicemailStep) and not event.speech and not turn.session.confirming
    turn.end((None if unspoken else step.on_hang_up) or body.on_hang_up)
    return turn.session, tuple(turn.commands)


def _came(turn: Turn, event: Event) -> str | None:
    match event:
        case TimeUp():
            return _time_up(turn)
        case Canceled() | Dismissed() | LanguageAsked() | TransferAsked():
            return _controlled(turn, event)
        case _:
            return _answered(turn, event)


def _controlled(turn: Turn, event: Control) -> str | None:
    """A decision that is being committed is not interrupted."""
    if turn.session.phase in _COMMITTING:
        _wait_again(turn)
        return None
    match event:
        case Canceled():
            return controlling.canceled(turn)
        case Dismissed():
            controlling.dismissed(turn)
        case TransferAsked():
            controlling.hand_over(turn, event.to)
        case LanguageAsked():
            known = next((code for code in turn.flow.languages if code == event.language), turn.session.language)
            turn.change(language=known)
            _ask_again(turn)
    return None


def _time_up(turn: Turn) -> str | None:
    """Say goodbye, once; a decision that is being committed comes first, and a talk with a person is not cut short."""
    phase, news = turn.session.phase, not turn.session.time_up
    if not news or phase in (*_COMMITTING, Phase.TRANSFER, Phase.HANDOVER):
        turn.change(time_due=turn.session.time_due or (news and phase in _COMMITTING), time_up=True)
        _wait_again(turn)
        return None
    turn.change(time_up=True)
    return _goodbye(turn.flow)


def _goodbye(flow: Flow) -> str:
    return flow.body.longest.then if flow.body.longest else flow.body.gives_up


def _answered(turn: Turn, event: Event) -> str | None:
    step: Any = turn.step
    phase = turn.session.phase
    if phase in _ELSEWHERE:
        _, answered, events = _ELSEWHERE[phase]
        if isinstance(event, events):
            target = answered(turn, step, event)
            if phase is Phase.HANDOVER and not turn.over:
                _ask_again(turn)
            return target
        _wait_again(turn)
        return None
    question = _QUESTIONS[type(step)]
    match event:
        case Digit():
            return question.key(turn, step, event)
        case Speech():
            return _spoken(turn, step, question, event)
        case Silence():
            return question.silence(turn, step, event)
        case _:
            _wait_again(turn)
            return None


def _spoken(turn: Turn, step: Any, question: QuestionKind, event: Speech) -> str | None:
    if event.unheard and (keys := question.keys(turn, step)):
        return trying.unheard(turn, step, question, keys)
    return question.speech(turn, step, event)


def _ask_again(turn: Turn) -> None:
    """Put the question again; what is asked of somebody else is asked of them again."""
    if turn.session.phase in _ELSEWHERE:
        _wait_again(turn)
        return
    turn.change(typed="")
    _QUESTIONS[type(turn.step)].ask(turn, turn.step)


def _wait_again(turn: Turn) -> None:
    step: Any = turn.step
    phase = turn.session.phase
    if phase in _ELSEWHERE:
        _ELSEWHERE[phase][0](turn, step)
    else:
        _QUESTIONS[type(step)].wait(turn, step)


def _go(turn: Turn, name: str) -> tuple[Session, Commands]:
    """From step to step until one waits or ends. The loader has seen to it that no circle lacks a wait."""
    turn.change(beat=name)
    target: str | None = name
    while target:
        if turn.exhausted:
            target = turn.flow.body.gives_up
        turn.change(step=target, entered_ms=turn.session.at_ms, **_FRESH)
        target = _ENTER[type(turn.step)](turn, turn.step)
    return turn.session, tuple(turn.commands)
