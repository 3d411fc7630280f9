"""What can be tried at a wait: moves of the caller's, answers of Jupiter's."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.cases.model import Act
from ivr_flows.commands import Command, Decide, Fetch, SpokenOption, Wait
from ivr_flows.events import Decided, Digit, Event, Failed, Fetched, HungUp, Silence, Speech
from ivr_flows.model import Flow
from ivr_flows.model.steps import AskStep, DigitsStep, LookupStep
from ivr_flows.paths.values import entries, mixes
from ivr_flows.session import Session
from ivr_flows.vocabulary import NO, YES

MOST_TRIES = 10
"""More than this many failures no question has."""
Probe = tuple[Act, ...]
_UNKNOWN = "xyzzy"


def probes(flow: Flow, session: Session, asked: Command) -> Iterator[Probe]:
    """All that is worth trying here, each from this state; the shortest first."""
    match asked:
        case Wait():
            yield from _caller(flow, session, asked)
        case Decide():
            yield from ((Act(decision="accepted"),), (Act(decision="refused"),), (Act(decision="failed"),))
        case Fetch(name=name):
            step = flow.steps[session.step]
            gives = step.lookup.gives if isinstance(step, LookupStep) else {}
            yield from ((Act(lookup={name: fields}),) for fields in mixes(flow, gives))
            yield (Act(lookup={name: "failed"}),)
        case _:
            return


def events(act: Act) -> list[Event]:
    """A move as the interpreter gets it."""
    if act.keys:
        return [Digit(0, key) for key in act.keys]
    if act.say is not None:
        return [Speech(0, act.say, act.confidence)]
    if act.decision:
        return [Failed(0, "failed") if act.decision == "failed" else Decided(0, act.decision == "accepted")]
    if act.lookup:
        return [Failed(0, "failed") if isinstance(given, str) else Fetched(0, given) for given in act.lookup.values()]
    return [HungUp(0)] if act.hang_up else [Silence(0)] * (act.silence or 0)


def _caller(flow: Flow, session: Session, wait: Wait) -> Iterator[Probe]:
    step = flow.steps[session.step]
    if isinstance(step, DigitsStep):
        yield from _typing(flow, step, wait)
    else:
        yield from ((Act(keys=key),) for key in wait.keys)
    if wait.free:
        yield (Act(say="paneer"),)
    for option in wait.options:
        yield from _saying(step, option, session, wait)
    if wait.options:
        yield (Act(say=wait.options[0].phrases[0], confidence=0.05),)
    yield from _failing(step, wait)
    yield (Act(silence=1),) * MOST_TRIES
    yield (Act(hang_up=True),)


def _saying(step: object, option: SpokenOption, session: Session, wait: Wait) -> Iterator[Probe]:
    said = Act(say=option.phrases[0], confidence=1.0)
    yield (said,)
    if isinstance(step, AskStep) and option.name in step.options and step.options[option.name].confirm:
        yes, no = YES[session.language][0], NO[session.language][0]
        words = dict.fromkeys((yes, no, *(phrase for other in wait.options for phrase in other.phrases), _UNKNOWN))
        answers = [Act(say=word, confidence=1.0) for word in words]
        answers += [Act(say=yes, confidence=0.05), Act(hang_up=True)]
        answers += [Act(keys=key) for key in (*wait.keys, *_wrong_key(wait))]
        yield from ((said, answer) for answer in answers)
        yield (said, *(Act(silence=1),) * MOST_TRIES)


def _typing(flow: Flow, step: DigitsStep, wait: Wait) -> Iterator[Probe]:
    good, bad = entries(flow, step)
    end = step.digits.ends_with or ""
    yield from ((Act(keys=entry + end),) for entry in good)
    yield from ((Act(keys=entry), Act(silence=1)) for entry in good[:1] if end or len(entry) < step.digits.max)
    yield from ((Act(keys=entry + end),) * MOST_TRIES for entry in bad[:1])
    yield from ((Act(keys=key),) for key in wait.keys if not key.isdigit() and key != end)


def _failing(step: object, wait: Wait) -> Iterator[Probe]:
    if not isinstance(step, DigitsStep):
        yield from ((Act(keys=key),) * MOST_TRIES for key in _wrong_key(wait))
    if not wait.free:
        yield (Act(say=_UNKNOWN),) * MOST_TRIES


def _wrong_key(wait: Wait) -> list[str]:
    """A key that means nothing here, where there is one."""
    return [key for key in "9876543210*#" if key not in wait.keys][:1]
