"""What can be tried at a wait: moves of the caller's, answers of the world's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ivr_flows.cases.answering import talk_of, thought_of
from ivr_flows.cases.model import Act, Idea, Unfinished
from ivr_flows.commands import Command, Decide, Fetch, OptOut, Pause, SpokenOption, Think, Transfer, Wait
from ivr_flows.events import Decided, Digit, Event, Failed, Fetched, HungUp, Passed, Silence, Speech, TimeUp
from ivr_flows.model import Flow
from ivr_flows.model.steps import (
    AskStep,
    ConverseStep,
    DigitsStep,
    LookupStep,
    StepBase,
    SubmitStep,
    VoicemailStep,
)
from ivr_flows.paths.values import entries, mixes
from ivr_flows.session import Session
from ivr_flows.vocabulary import NO, YES

MOST_TRIES = 10
"""More than this many failures no question has."""
Probe = tuple[Act, ...]
TIME_UP: Probe = (Act(time_up=True),)
"""Tried at one wait of a call: it leads to the same end from all of them."""
_PASSES = Act()
_UNKNOWN = "xyzzy"
_UNSURE = 0.05
_RECORDING = "turn-1.wav"
_AN_ANSWER = Idea(text="I see.")


def probes(flow: Flow, session: Session, asked: Command) -> Iterator[Probe]:
    """All that is worth trying here, each from this state; the shortest first."""
    step = flow.steps[session.step]
    match asked:
        case Wait():
            yield from _caller(flow, session, asked)
        case Decide():
            yield from ((Act(decision="accepted"),), (Act(decision="refused"),), (Act(decision="failed"),))
        case OptOut():
            yield from ((Act(decision="accepted"),), (Act(decision="failed"),))
        case Fetch():
            yield from ((act,) for act in _fetched(flow, step, asked))
        case Pause():
            yield (_PASSES,)
        case Transfer():
            yield from ((Act(transfer="talked"),), (Act(transfer="no_answer"),))
        case Think() if isinstance(step, ConverseStep):
            yield from ((act,) for act in _thoughts(step))
        case _:
            return


def events(act: Act) -> list[Event]:
    """A move as the interpreter gets it."""
    return _EVENTS[act.move](act)


def _hung_up(act: Act) -> list[Event]:
    said = None
    if isinstance(act.hang_up, Unfinished):
        said = Speech(0, act.hang_up.say, 0.95, recording=act.hang_up.recording)
    return [HungUp(0, said)]


def _decided(act: Act) -> list[Event]:
    return [
        Failed(0, "failed")
        if act.decision == "failed"
        else Decided(0, act.decision == "accepted", act.decision == "canceled")
    ]


def _answers(answers: Mapping[str, Any]) -> list[Event]:
    return [
        Failed(0, "failed") if answer == "failed" else Fetched(0, {} if answer == "taken" else answer)
        for answer in answers.values()
    ]


_EVENTS: Mapping[str, Callable[[Act], list[Event]]] = {
    "": lambda _: [Passed(0)],
    "keys": lambda act: [Digit(0, key) for key in act.keys or ""],
    "say": lambda act: [Speech(0, act.say or "", act.confidence, recording=act.recording, language=act.heard_in or "")],
    "silence": lambda act: [Silence(0)] * (act.silence or 0),
    "time_up": lambda _: [TimeUp(0)],
    "hang_up": _hung_up,
    "decision": _decided,
    "lookup": lambda act: _answers(act.lookup or {}),
    "submit": lambda act: _answers(act.submit or {}),
    "transfer": lambda act: [talk_of(act.transfer or "talked")],
    "thought": lambda act: [thought_of(act.thought or "failed")],
}


def _fetched(flow: Flow, step: StepBase, asked: Fetch) -> Iterator[Act]:
    if isinstance(step, SubmitStep):
        yield from (Act(submit={asked.name: fields or "taken"}) for fields in mixes(flow, step.submit.gives))
        yield Act(submit={asked.name: "failed"})
    elif isinstance(step, LookupStep):
        yield from (Act(lookup={asked.name: fields}) for fields in mixes(flow, step.lookup.gives))
        yield Act(lookup={asked.name: "failed"})


def _caller(flow: Flow, session: Session, wait: Wait) -> Iterator[Probe]:
    """By key first: what can be had without speech is tried without."""
    step = flow.steps[session.step]
    if isinstance(step, DigitsStep):
        yield from _typing(flow, step, session, wait)
    else:
        yield from ((Act(keys=key),) for key in wait.keys)
        yield from ((Act(keys=key),) * MOST_TRIES for key in _wrong_key(wait))
    yield (Act(silence=1),) * MOST_TRIES
    yield (Act(hang_up=True),)
    yield from _by_voice(flow, step, session, wait)


def _by_voice(flow: Flow, step: StepBase, session: Session, wait: Wait) -> Iterator[Probe]:
    if wait.free:
        yield from _speaking(step, session, wait)
    if isinstance(step, ConverseStep):
        yield from _conversing(step)
    for option in wait.options:
        yield from _saying(step, option, session, wait)
    yield from ((Act(say=_UNKNOWN, heard_in=language),) for language in wait.detect)
    if not wait.free:
        if wait.options:
            yield (Act(say=wait.options[0].phrases[0], confidence=_UNSURE),)
        yield (Act(say=_UNKNOWN),) * MOST_TRIES


def _speaking(step: StepBase, session: Session, wait: Wait) -> Iterator[Probe]:
    """Speech of any kind, and what is said of a message that was played back."""
    words, recording = "paneer" if wait.recognise else "", _RECORDING if wait.record else None
    spoken = Act(say=words, recording=recording)
    if not isinstance(step, ConverseStep):
        yield (spoken,)
    if wait.record:
        yield (Act(hang_up=Unfinished(say=words, recording=recording)),)
    if isinstance(step, VoicemailStep) and step.voicemail.review:
        review = step.voicemail.review
        yield from _asked_back((spoken,), session, (review.keep, review.again, _other_key(review.keep, review.again)))


def _saying(step: StepBase, option: SpokenOption, session: Session, wait: Wait) -> Iterator[Probe]:
    said = Act(say=option.phrases[0], confidence=1.0)
    yield (said,)
    if isinstance(step, AskStep) and option.name in step.options and step.options[option.name].confirm:
        words = tuple(phrase for other in wait.options for phrase in other.phrases)
        yield from _asked_back((said,), session, (*wait.keys, *_wrong_key(wait)), words)


def _asked_back(given: Probe, session: Session, keys: tuple[str, ...], words: tuple[str, ...] = ()) -> Iterator[Probe]:
    """All that can be answered when what was given is asked back."""
    yes, no = YES[session.language][0], NO[session.language][0]
    answers = [Act(say=word, confidence=1.0) for word in dict.fromkeys((yes, no, *words, _UNKNOWN))]
    answers += [Act(say=yes, confidence=_UNSURE), Act(hang_up=True)]
    answers += [Act(keys=key) for key in keys]
    yield from ((*given, answer) for answer in answers)
    yield (*given, *(Act(silence=1),) * MOST_TRIES)


def _typing(flow: Flow, step: DigitsStep, session: Session, wait: Wait) -> Iterator[Probe]:
    good, bad = entries(flow, step)
    end = step.digits.ends_with or ""
    taken = (Act(keys=step.confirm.yes),) if step.confirm else ()
    yield from ((Act(keys=entry + end), *taken) for entry in good)
    yield from ((Act(keys=entry), Act(silence=1), *taken) for entry in good[:1] if end or len(entry) < step.digits.max)
    yield from ((Act(keys=entry + end),) * MOST_TRIES for entry in bad[:1])
    yield from ((Act(keys=key),) for key in wait.keys if not key.isdigit() and key != end)
    if step.confirm:
        unknown = _other_key(step.confirm.yes, step.confirm.no)
        for entry in good[:1]:
            yield from _asked_back((Act(keys=entry + end),), session, (step.confirm.yes, step.confirm.no, unknown))
            yield (Act(keys=entry + end), *(Act(keys=unknown),) * MOST_TRIES)


def _conversing(step: ConverseStep) -> Iterator[Probe]:
    """Every kind of thought, and talk until the turns are up. Facts are among what can be said."""
    for idea in _thoughts(step):
        yield (Act(say=_UNKNOWN), idea)
    yield (Act(say=_UNKNOWN), Act(thought=_AN_ANSWER)) * step.converse.turns
    yield (Act(say=_UNKNOWN), Act(thought="failed")) * MOST_TRIES
    yield (Act(say=""),) * MOST_TRIES


def _thoughts(step: ConverseStep) -> Iterator[Act]:
    yield Act(thought=_AN_ANSWER)
    yield from (Act(thought=Idea(exit=name)) for name in step.converse.exits)
    yield Act(thought=Idea(exit=next(iter(step.converse.exits)), confidence=_UNSURE))
    yield Act(thought="failed")


def _wrong_key(wait: Wait) -> list[str]:
    """A key that means nothing here, where there is one."""
    return [key for key in "9876543210*#" if key not in wait.keys][:1]


def _other_key(*keys: str) -> str:
    return next(key for key in "9876543210" if key not in keys)
