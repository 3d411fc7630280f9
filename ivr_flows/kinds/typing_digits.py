"""A number typed on the keypad, one key at a time, and read back where the step wants it; or said, and read back.

The keys of an entry are the entry: once one was pressed, what is said is none, until the entry is over.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from ivr_flows.commands import Pauses, Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps import Digits, DigitsStep, ReadBack
from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.problems import InputError
from ivr_flows.session import Phase
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import IS_IT_RIGHT, NO, NO_NAME, YES, YES_NAME

_SAYING = Pauses(usual_ms=900)
"""Digits are said in groups."""
_FULL_MS = 1500
"""Silence that ends an entry which has all its digits and lacks only the key that ends it."""
_MOST_TYPED = 32
_ENTRY = "entry"
"""What is asked back."""


def ask(turn: Turn, step: DigitsStep) -> None:
    """Put the question (again), or read the entry back."""
    if back := _read_back(turn, step):
        turn.say(back.say, "confirm")
    else:
        turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: DigitsStep) -> None:
    """Wait for the next key, or for a yes."""
    if back := _read_back(turn, step):
        _wait_for_yes(turn, step, back)
        return
    commands = [command.key for command in turn.flow.body.commands.values() if command.key in ("*", "#")]
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(["0123456789", step.digits.ends_with or "", *filter(None, commands)])),
            options=() if turn.session.typed else trying.spoken_options(trying.commands(turn)),
            silence_ms=_silence_ms(turn, step),
            pauses=_SAYING if step.spoken else Pauses(),
            numbers=step.spoken and not turn.session.typed,
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: DigitsStep, event: Digit) -> str | None:
    """Another digit, the end of the entry, or a command (on `*` and `#` only)."""
    if back := _read_back(turn, step):
        return _confirmed_by_key(turn, step, back, event.digit)
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
    """A number, a command, or yes or no to what is read back."""
    confirming = _read_back(turn, step)
    if turn.session.typed and not confirming:
        wait(turn, step)
        return None
    if not confirming and (event.number or event.digits):
        return _said(turn, step, event)
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
    if not _entered(turn, step.digits, turn.session.typed):
        return trying.no_match(turn, step, lambda turn: ask(turn, step))
    if step.confirm is None:
        return step.next
    _ask_back(turn, step)
    return None


def _said(turn: Turn, step: DigitsStep, event: Speech) -> str | None:
    """What was said is always read back: a recogniser's confidence is no proof of a number."""
    digits = step.digits
    counts = digits.type in (Type.INTEGER, Type.MINUTES)
    entry = event.number.zfill(digits.min) if counts and event.number else event.digits
    sure = event.confidence >= turn.flow.body.confidence
    if sure and _entered(turn, digits, entry):
        _ask_back(turn, step)
        return None
    return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=not sure)


def _entered(turn: Turn, digits: Digits, entry: str) -> bool:
    """Whether the entry is one that the step takes; it is assigned then."""
    low, high = digits.between or (None, None)
    spec = Value(type=digits.type, least=low, most=high)
    if digits.min <= len(entry) <= digits.max:
        with suppress(InputError):
            turn.assign({digits.into: check_value(digits.into, spec, entry)})
            return True
    return False


def _ask_back(turn: Turn, step: DigitsStep) -> None:
    turn.change(confirming=_ENTRY, typed="", no_input=0, no_match=0, unheard=0)
    ask(turn, step)


def _read_back(turn: Turn, step: DigitsStep) -> ReadBack | None:
    """How the entry is being read back, where it is."""
    if not turn.session.confirming:
        return None
    return step.confirm or _usual_read_back(step.digits.into, step.digits.type)


@lru_cache(maxsize=256)
def _usual_read_back(into: str, kind: Type) -> ReadBack:
    value = f"{{{{ {into}{' | digits' if kind is Type.TEXT else ''} }}}}"
    texts = {language: words.format(value=value, yes="1", no="2") for language, words in IS_IT_RIGHT.items()}
    return ReadBack(say=Prompt.model_validate(texts))


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
    if back := _read_back(turn, step):
        language = turn.session.language
        return [(YES[language][0], back.yes), (NO[language][0], back.no)]
    return [("", digit) for digit in "0123456789"]


KIND = QuestionKind(ask, wait, key, speech, silence, keys)
