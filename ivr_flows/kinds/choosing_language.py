"""The choice of a language: the question is put in each of them."""

from __future__ import annotations

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.model.steps import LanguageStep
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def ask(turn: Turn, step: LanguageStep) -> None:
    """Put the question (again), in every language."""
    for language in step.language:
        turn.say(step.ask, "ask", language=language)
    wait(turn, step)


def wait(turn: Turn, step: LanguageStep) -> None:
    """Wait for a key."""
    keys = "".join(step.language.values())
    turn.wait(Wait(language=turn.session.language, keys=keys, silence_ms=trying.silence_ms(turn, step)), Phase.ANSWER)


def key(turn: Turn, step: LanguageStep, event: Digit) -> str | None:
    """Go on in the language of the key."""
    for language, its_key in step.language.items():
        if its_key == event.digit:
            turn.change(language=language)
            return step.next
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def speech(turn: Turn, step: LanguageStep, _: Speech) -> str | None:
    """Speech can't be told apart before the language is known."""
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def silence(turn: Turn, step: LanguageStep, _: Silence) -> str | None:
    """Nobody answered."""
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


KIND = QuestionKind(ask, wait, key, speech, silence)
