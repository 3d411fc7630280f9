"""What all questions share: answers that did not come or mean nothing, and the commands understood everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from ivr_flows.commands import SpokenOption, SpokenText
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate
from ivr_flows.model.base import Confidence
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps import Answer, Command, Option, OptOutStep, Question, Reaction
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import NO, NO_NAME, UNHEARD, YES, YES_NAME, key_words, press_for

USUAL_TRIES = 3
USUAL_SILENCE_MS = 5000
AskAgain = Callable[[Turn], None]


def no_input(turn: Turn, step: Question, ask_again: AskAgain) -> str | None:
    """Nothing came: ask again, or go where the tries end."""
    turn.change(no_input=turn.session.no_input + 1, typed="")
    return _again(turn, "no_input", (step.no_input, turn.flow.body.no_input), ask_again)


def no_match(turn: Turn, step: Question, ask_again: AskAgain, *, unsure: bool = False) -> str | None:
    """What came means nothing here, or `unsure`: speech that may mean something, but not surely enough."""
    turn.change(no_match=turn.session.no_match + 1, typed="")
    by_key = (step.no_match.unsure or turn.flow.body.no_match.unsure) if unsure else None
    reactions = (step.no_match, turn.flow.body.no_match)
    return _again(turn, "no_match", reactions, ask_again, instead=by_key)


def unheard(turn: Turn, step: Question, kind: QuestionKind, keys: Keys) -> str | None:
    """The caller spoke, and every recogniser failed: offer the keys.

    It is no failure of the caller's, and counts by itself: as many are borne as answers that mean nothing.
    """
    turn.change(unheard=turn.session.unheard + 1, typed="")
    own, usual = step.no_match, turn.flow.body.no_match
    if turn.session.unheard >= (own.tries or usual.tries or USUAL_TRIES):
        return own.then or usual.then or turn.flow.body.gives_up
    if prompt := own.unheard or usual.unheard:
        turn.say(prompt, "unheard")
        kind.ask(turn, step)
        return None
    language = turn.session.language
    named = [press_for(words, key, language) for words, key in keys if words]
    turn.play(SpokenText(" ".join([UNHEARD[language], *named]), language), "unheard")
    if len(named) == len(keys):
        kind.wait(turn, step)
    else:
        kind.ask(turn, step)
    return None


def keys_of(turn: Turn, answers: Iterable[Answer]) -> Keys:
    """The keys of answers, with the words that are said for each in the call's language."""
    language = turn.session.language
    return [("".join(answer.hear.get(language, ())[:1]), answer.key) for answer in answers if answer.key]


def _again(
    turn: Turn,
    role: Literal["no_input", "no_match"],
    reactions: tuple[Reaction, Reaction],
    ask_again: AskAgain,
    *,
    instead: Prompt | None = None,
) -> str | None:
    failures = turn.session.no_input if role == "no_input" else turn.session.no_match
    own, usual = reactions
    if failures >= (own.tries or usual.tries or USUAL_TRIES):
        return own.then or usual.then or turn.flow.body.gives_up
    prompts = own.say if own.say is not None else usual.say or ()
    prompt = instead or (prompts[min(failures, len(prompts)) - 1] if prompts else None)
    turn.say(prompt, role)
    ask_again(turn)
    return None


def silence_ms(turn: Turn, step: Question) -> int:
    """Silence after which nothing has come."""
    return step.no_input.after or turn.flow.body.no_input.after or USUAL_SILENCE_MS


def command_by_key(turn: Turn, digit: str) -> Command | None:
    """The command on a key."""
    return next((command for command in turn.flow.body.commands.values() if command.key == digit), None)


def command_keys(turn: Turn) -> tuple[str, ...]:
    """The keys of all commands."""
    return tuple(command.key for command in turn.flow.body.commands.values() if command.key)


def opt_outs(turn: Turn) -> dict[str, Command]:
    """The commands by which a number is called no more."""
    return {
        name: command
        for name, command in turn.flow.body.commands.items()
        if command.next and isinstance(turn.flow.steps[command.next], OptOutStep)
    }


def commands(turn: Turn) -> list[Candidate]:
    """What can be said for each command."""
    return candidates(turn, turn.flow.body.commands.items())


def yes_or_no(turn: Turn, threshold: Confidence | None = None) -> list[Candidate]:
    """The two answers to what is asked back."""
    language, least = turn.session.language, threshold or turn.flow.body.confidence
    return [Candidate(YES_NAME, YES[language], least), Candidate(NO_NAME, NO[language], least)]


def obey(turn: Turn, command: Command) -> str | None:
    """Go where the command leads, or back to where what was said since the last answer began."""
    change_language(turn, command)
    return command.next or turn.session.beat


def change_language(turn: Turn, answer: Option | Command) -> None:
    """Go on in the answer's language, if it names one."""
    if answer.language:
        turn.change(language=answer.language)


def candidates(turn: Turn, answers: Iterable[tuple[str, Answer]]) -> list[Candidate]:
    """What can be said for each answer, in the call's language: its own words, and the number of its key."""
    language = turn.session.language
    return [
        Candidate(name, (*words, *key_words(answer.key, language)), answer.confidence or turn.flow.body.confidence)
        for name, answer in answers
        if (words := answer.hear.get(language, ()))
    ]


def spoken_options(found: list[Candidate]) -> tuple[SpokenOption, ...]:
    """Candidates as a wait names them."""
    return tuple(SpokenOption(candidate.name, candidate.phrases) for candidate in found)
