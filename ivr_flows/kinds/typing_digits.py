"""A number typed on the keypad, one key at a time."""

from __future__ import annotations

from contextlib import suppress

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.steps import DigitsStep
from ivr_flows.model.values import Value, check_value
from ivr_flows.problems import InputError
from ivr_flows.session import Phase
from ivr_flows.turn import Turn

_FULL_MS = 1500
"""Silence that ends an entry which has all its digits and lacks only the key that ends it."""
_MOST_TYPED = 32


def ask(turn: Turn, step: DigitsStep) -> None:
    """Put the question (again)."""
    turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: DigitsStep) -> None:
    """Wait for the next key."""
    commands = [command.key for command in turn.flow.body.commands.values() if command.key in ("*", "#")]
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(["0123456789", step.digits.ends_with or "", *filter(None, commands)])),
            options=() if turn.session.typed else trying.spoken_options(_candidates(turn)),
            silence_ms=_silence_ms(turn, step),
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: DigitsStep, event: Digit) -> str | None:
    """Another digit, the end of the entry, or a command (on `*` and `#` only)."""
    digits = step.digits
    if event.digit == digits.ends_with:
        return _complete(turn, step)
    if event.digit.isdigit():
        turn.change(typed=(turn.session.typed + event.digit)[:_MOST_TYPED])
        if not digits.ends_with and len(turn.session.typed) == digits.max:
            return _complete(turn, step)
        wait(turn, step)
        return None
    if command := trying.command_by_key(turn, event.digit):
        turn.change(typed="")
        return trying.obey(turn, command)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def speech(turn: Turn, step: DigitsStep, event: Speech) -> str | None:
    """Only commands can be said."""
    heard = match(event, _candidates(turn))
    if heard and heard.sure:
        turn.change(typed="")
        return trying.obey(turn, turn.flow.body.commands[heard.name])
    return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=heard is not None)


def silence(turn: Turn, step: DigitsStep, _: Silence) -> str | None:
    """The end of an entry, or no input."""
    if turn.session.typed:
        return _complete(turn, step)
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


def _complete(turn: Turn, step: DigitsStep) -> str | None:
    digits, typed = step.digits, turn.session.typed
    low, high = digits.between or (None, None)
    spec = Value(type=digits.type, least=low, most=high)
    if digits.min <= len(typed) <= digits.max:
        with suppress(InputError):
            turn.assign({digits.into: check_value(digits.into, spec, typed)})
            return step.next
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def _candidates(turn: Turn) -> list[Candidate]:
    return trying.candidates(turn, iter(turn.flow.body.commands.items()))


def _silence_ms(turn: Turn, step: DigitsStep) -> int:
    if not turn.session.typed:
        return trying.silence_ms(turn, step)
    full = len(turn.session.typed) >= step.digits.max
    return min(step.digits.between_keys, _FULL_MS) if full else step.digits.between_keys


KIND = QuestionKind(ask, wait, key, speech, silence)
