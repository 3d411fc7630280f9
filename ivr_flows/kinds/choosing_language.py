"""The choice of a language: the question is put in each of them, and answered by key, by name or by speaking it."""

from __future__ import annotations

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.steps import LanguageStep
from ivr_flows.session import Phase
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import LANGUAGE_NAMES


def ask(turn: Turn, step: LanguageStep) -> None:
    """Put the question (again), in every language."""
    for language in step.language:
        turn.say(step.ask, "ask", language=language)
    wait(turn, step)


def wait(turn: Turn, step: LanguageStep) -> None:
    """Wait for a key, a name, or speech whose language can be told."""
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys((*step.language.values(), *_opt_out_keys(turn)))),
            options=trying.spoken_options([*_names(turn, step), *_opt_outs(turn, step)]),
            silence_ms=trying.silence_ms(turn, step),
            detect=tuple(step.language),
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: LanguageStep, event: Digit) -> str | None:
    """Go on in the language of the key."""
    for language, its_key in step.language.items():
        if its_key == event.digit:
            turn.change(language=language)
            return step.next
    if event.digit in _opt_out_keys(turn) and (command := trying.command_by_key(turn, event.digit)):
        return trying.obey(turn, command)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def speech(turn: Turn, step: LanguageStep, event: Speech) -> str | None:
    """Go on in the language that was named, else in the one that was spoken."""
    no_more = match(event, _opt_outs(turn, step), guessing=False)
    if no_more and no_more.sure:
        return trying.obey(turn, turn.flow.body.commands[no_more.name])
    heard = match(event, _names(turn, step), guessing=False)
    chosen = heard.name if heard and heard.sure else event.language
    for language in step.language:
        if language == chosen and event.confidence >= turn.flow.body.confidence:
            turn.change(language=language)
            return step.next
    return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=heard is not None)


def silence(turn: Turn, step: LanguageStep, _: Silence) -> str | None:
    """Nobody answered."""
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


def _names(turn: Turn, step: LanguageStep) -> list[Candidate]:
    return [Candidate(language, LANGUAGE_NAMES[language], turn.flow.body.confidence) for language in step.language]


def _opt_out_keys(turn: Turn) -> tuple[str, ...]:
    return tuple(command.key for command in trying.opt_outs(turn).values() if command.key)


def _opt_outs(turn: Turn, step: LanguageStep) -> list[Candidate]:
    """Of all commands, only to opt out is understood before a language is known: in each of them."""
    return [
        Candidate(name, words, command.confidence or turn.flow.body.confidence)
        for name, command in trying.opt_outs(turn).items()
        if (words := tuple(word for language in step.language for word in command.hear.get(language, ())))
    ]


def keys(_: Turn, step: LanguageStep) -> Keys:
    """The languages'; the question says them in each language itself."""
    return [("", its_key) for its_key in step.language.values() if its_key]


KIND = QuestionKind(ask, wait, key, speech, silence, keys)
