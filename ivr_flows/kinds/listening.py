"""Free speech, kept as text and as a recording; recordings alone; messages."""

from __future__ import annotations

from typing import Any

from ivr_flows.commands import Pauses, Recording, Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.matching import match
from ivr_flows.model.steps import Listening, ListenStep, RecordStep, VoicemailStep
from ivr_flows.model.walk import RECORDING
from ivr_flows.session import Phase
from ivr_flows.turn import Turn

AnyListening = ListenStep | RecordStep | VoicemailStep
_MESSAGE = "message"
"""What is asked back when a message is reviewed."""


def heard_as(step: AnyListening) -> Listening:
    """How the step listens."""
    match step:
        case ListenStep():
            return step.listen
        case RecordStep():
            return step.record
        case VoicemailStep():
            return step.voicemail


def ask(turn: Turn, step: AnyListening) -> None:
    """Put the question (again), or play the message back."""
    if turn.session.confirming:
        _play_back(turn, step)
    else:
        turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: AnyListening) -> None:
    """Listen, or wait for what becomes of the message."""
    if turn.session.confirming:
        _wait_for_review(turn, step)
        return
    listening = heard_as(step)
    commands = (command.key for command in turn.flow.body.commands.values())
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(filter(None, (listening.ends_with, *commands)))),
            options=trying.spoken_options(trying.commands(turn)) if isinstance(step, ListenStep) else (),
            free=True,
            silence_ms=trying.silence_ms(turn, step),
            pauses=Pauses(listening.silence, listening.silence),
            max_turn_ms=listening.longest,
            record=True,
            ends_with=listening.ends_with or "",
            recognise=not isinstance(step, RecordStep),
            beep=listening.beep,
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: AnyListening, event: Digit) -> str | None:
    """The key that ends it (a message without a word is none), or a command; other keys are pressed by accident."""
    if turn.session.confirming:
        return _reviewed(turn, step, event.digit)
    listening = heard_as(step)
    if event.digit == listening.ends_with:
        if isinstance(step, VoicemailStep):
            return trying.no_input(turn, step, lambda turn: ask(turn, step))
        turn.assign({listening.into: ""})
        return step.next
    if command := trying.command_by_key(turn, event.digit):
        return trying.obey(turn, command)
    wait(turn, step)
    return None


def speech(turn: Turn, step: AnyListening, event: Speech) -> str | None:
    """What was said is kept, understood or not; a command, and nothing else, is obeyed."""
    if turn.session.confirming:
        return _review_spoken(turn, step, event)
    if isinstance(step, ListenStep) and (heard := match(event, trying.commands(turn), guessing=False)) and heard.sure:
        return trying.obey(turn, turn.flow.body.commands[heard.name])
    keep(turn, step, event)
    if isinstance(step, VoicemailStep) and step.voicemail.review and event.recording:
        turn.change(confirming=_MESSAGE, no_input=0, no_match=0)
        ask(turn, step)
        return None
    return step.next


def keep(turn: Turn, step: AnyListening, event: Speech) -> None:
    """What was said, into the step's variables."""
    listening = heard_as(step)
    if isinstance(step, RecordStep):
        turn.assign({listening.into: event.recording or ""})
        return
    values: dict[str, object] = {listening.into: " ".join(event.text.split())}
    if event.recording:
        values[listening.into + RECORDING] = event.recording
    turn.assign(values)


def silence(turn: Turn, step: AnyListening, _: Silence) -> str | None:
    """Nothing was said; a message that nobody wants to hear again is kept."""
    if turn.session.confirming:
        return step.next
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


def _play_back(turn: Turn, step: AnyListening) -> None:
    name = turn.session.values.get(heard_as(step).into + RECORDING)
    turn.play(Recording(str(name)), "message")
    if isinstance(step, VoicemailStep) and step.voicemail.review:
        turn.say(step.voicemail.review.ask, "review")


def _wait_for_review(turn: Turn, step: Any) -> None:
    review = step.voicemail.review
    found = trying.commands(turn)
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(filter(None, (review.keep, review.again, *trying.command_keys(turn))))),
            options=trying.spoken_options(found),
            silence_ms=trying.silence_ms(turn, step),
        ),
        Phase.CONFIRM,
    )


def _reviewed(turn: Turn, step: Any, digit: str) -> str | None:
    if digit == step.voicemail.review.keep:
        return str(step.next)
    if digit == step.voicemail.review.again:
        turn.change(confirming="")
        ask(turn, step)
        return None
    if command := trying.command_by_key(turn, digit):
        return trying.obey(turn, command)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def _review_spoken(turn: Turn, step: Any, event: Speech) -> str | None:
    heard = match(event, trying.commands(turn))
    if heard and heard.sure:
        return trying.obey(turn, turn.flow.body.commands[heard.name])
    return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=heard is not None)


KIND = QuestionKind(ask, wait, key, speech, silence)
