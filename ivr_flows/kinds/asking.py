"""A question with options: by key at once, by voice when it was surely heard, asked back where the option wants it."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.steps import AskStep, Command, Option
from ivr_flows.session import Phase
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import NO_NAME, YES_NAME


def ask(turn: Turn, step: AskStep) -> None:
    """Put the question (again), or ask back what was said."""
    if turn.session.confirming:
        turn.say(step.options[turn.session.confirming].confirm, "confirm")
    else:
        turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: AskStep) -> None:
    """Wait for the answer."""
    answers = dict(_answers(turn, step))
    found = _candidates(turn, step)
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(answer.key for answer in answers.values() if answer.key)),
            options=trying.spoken_options(found),
            silence_ms=trying.silence_ms(turn, step),
            clear_typed=step.clear_typed,
        ),
        Phase.CONFIRM if turn.session.confirming else Phase.ANSWER,
    )


def key(turn: Turn, step: AskStep, event: Digit) -> str | None:
    """A key is an answer without any doubt."""
    for answer in dict(_answers(turn, step)).values():
        if answer.key == event.digit:
            return _take(turn, answer)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def speech(turn: Turn, step: AskStep, event: Speech) -> str | None:
    """What was said is taken if it was surely heard, and asked back if it can't be undone."""
    heard = match(event, _candidates(turn, step))
    if heard is None or not heard.sure:
        return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=heard is not None)
    if turn.session.confirming and heard.name in (YES_NAME, NO_NAME, turn.session.confirming):
        return _confirmed(turn, step, yes=heard.name != NO_NAME)
    answer = dict(_answers(turn, step))[heard.name]
    if isinstance(answer, Option) and answer.confirm:
        turn.change(confirming=heard.name)
        ask(turn, step)
        return None
    return _take(turn, answer)


def silence(turn: Turn, step: AskStep, _: Silence) -> str | None:
    """Nobody answered."""
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


def _confirmed(turn: Turn, step: AskStep, *, yes: bool) -> str | None:
    option = step.options[turn.session.confirming]
    turn.change(confirming="")
    if yes:
        return _take(turn, option)
    ask(turn, step)
    return None


def _take(turn: Turn, answer: Option | Command) -> str | None:
    if isinstance(answer, Command):
        return trying.obey(turn, answer)
    turn.assign(answer.set)
    trying.change_language(turn, answer)
    return answer.next


def _answers(turn: Turn, step: AskStep) -> Iterator[tuple[str, Option | Command]]:
    """The step's own options come before commands of the same name, key or words."""
    yield from step.options.items()
    for name, command in turn.flow.body.commands.items():
        if name not in step.options:
            yield name, command


def _candidates(turn: Turn, step: AskStep) -> list[Candidate]:
    found = trying.candidates(turn, _answers(turn, step))
    if not turn.session.confirming:
        return found
    asked_back = trying.yes_or_no(turn, step.options[turn.session.confirming].confidence)
    return asked_back + [candidate for candidate in found if candidate.name not in (YES_NAME, NO_NAME)]


def keys(turn: Turn, step: AskStep) -> Keys:
    """Those of the step's own options."""
    return trying.keys_of(turn, step.options.values())


KIND = QuestionKind(ask, wait, key, speech, silence, keys)
