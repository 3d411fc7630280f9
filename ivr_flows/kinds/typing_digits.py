"""A number typed on the keypad, one key at a time, and read back where the step wants it."""

from __future__ import annotations

from contextlib import suppress

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.steps import DigitsStep, ReadBack
from ivr_flows.model.values import Value, check_value
from ivr_flows.problems import InputError
from ivr_flows.session import Phase
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import NO, NO_NAME, YES, YES_NAME

_FULL_MS = 1500
"""Silence that ends an entry which has all its digits and lacks only the key that ends it."""
_MOST_TYPED = 32
_ENTRY = "entry"
"""What is asked back."""


def ask(turn: Turn, step: DigitsStep) -> None:
    """Put the question (again), or read the entry back."""
    if turn.session.confirming and step.confirm:
        turn.say(step.confirm.say, "confirm")
    else:
        turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: DigitsStep) -> None:
    """Wait for the next key, or for a yes."""
    if turn.session.confirming and step.confirm:
        _wait_for_yes(turn, step, step.confirm)
        return
    commands = [command.key for command in turn.flow.body.commands.values() if command.key in ("*", "#")]
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(["0123456789", step.digits.ends_with or "", *filter(None, commands)])),
            options=() if turn.session.typed else trying.spoken_options(trying.commands(turn)),
            silence_ms=_silence_ms(turn, step),
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: DigitsStep, event: Digit) -> str | None:
    """Another digit, the end of the entry, or a command (on `*` and `#` only)."""
    if turn.session.confirming and step.confirm:
        return _confirmed_by_key(turn, step, step.confirm, event.digit)
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
    """Only commands can be said, and yes or no to what is read back."""
    confirming = turn.session.confirming and step.confirm
    heard = match(event, _asked_back(turn) if confirming else trying.commands(turn))
    if heard and heard.sure:
        if confirming and heard.name in (YES_NAME, NO_NAME):
            return _confirmed(turn, step, yes=heard.name == YES_NAME)
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
            return _taken(turn, step)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def _taken(turn: Turn, step: DigitsStep) -> str | None:
    if step.confirm is None:
        return step.next
    turn.change(confirming=_ENTRY, typed="", no_input=0, no_match=0)
    ask(turn, step)
    return None


def _confirmed(turn: Turn, step: DigitsStep, *, yes: bool) -> str | None:
    if yes:
        return step.next
    values = {name: value for name, value in turn.session.values.items() if name != step.digits.into}
    turn.change(confirming="", values=values)
    ask(turn, step)
    return None


def _confirmed_by_key(turn: Turn, step: DigitsStep, back: ReadBack, digit: str) -> str | None:
    if digit in (back.yes, back.no):
        return _confirmed(turn, step, yes=digit == back.yes)
    if command := trying.command_by_key(turn, digit):
        return trying.obey(turn, command)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def _wait_for_yes(turn: Turn, step: DigitsStep, back: ReadBack) -> None:
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys((back.yes, back.no, *trying.command_keys(turn)))),
            options=trying.spoken_options(_asked_back(turn)),
            silence_ms=trying.silence_ms(turn, step),
        ),
        Phase.CONFIRM,
    )


def _asked_back(turn: Turn) -> list[Candidate]:
    return [*trying.yes_or_no(turn), *trying.commands(turn)]


def _silence_ms(turn: Turn, step: DigitsStep) -> int:
    if not turn.session.typed:
        return trying.silence_ms(turn, step)
    full = len(turn.session.typed) >= step.digits.max
    return min(step.digits.between_keys, _FULL_MS) if full else step.digits.between_keys


def keys(turn: Turn, step: DigitsStep) -> Keys:
    """Yes and no to what is read back; for an entry all digits, as the question says."""
    if turn.session.confirming and step.confirm:
        language = turn.session.language
        return [(YES[language][0], step.confirm.yes), (NO[language][0], step.confirm.no)]
    return [("", digit) for digit in "0123456789"]


KIND = QuestionKind(ask, wait, key, speech, silence, keys)
