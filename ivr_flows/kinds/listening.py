"""Free speech, kept as text and as a recording."""

from __future__ import annotations

from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Silence, Speech
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import QuestionKind
from ivr_flows.model.steps import ListenStep
from ivr_flows.model.walk import RECORDING
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def ask(turn: Turn, step: ListenStep) -> None:
    """Put the question (again)."""
    turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: ListenStep) -> None:
    """Listen."""
    commands = (command.key for command in turn.flow.body.commands.values())
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(filter(None, (step.listen.ends_with, *commands)))),
            free=True,
            silence_ms=trying.silence_ms(turn, step),
            end_silence_ms=step.listen.silence,
            max_turn_ms=step.listen.longest,
            record=True,
            ends_with=step.listen.ends_with or "",
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: ListenStep, event: Digit) -> str | None:
    """The key that ends it, or a command; other keys are pressed by accident."""
    if event.digit == step.listen.ends_with:
        turn.assign({step.listen.into: ""})
        return step.next
    if command := trying.command_by_key(turn, event.digit):
        return trying.obey(turn, command)
    wait(turn, step)
    return None


def speech(turn: Turn, step: ListenStep, event: Speech) -> str | None:
    """What was said is kept, understood or not."""
    values: dict[str, object] = {step.listen.into: " ".join(event.text.split())}
    if event.recording:
        values[step.listen.into + RECORDING] = event.recording
    turn.assign(values)
    return step.next


def silence(turn: Turn, step: ListenStep, _: Silence) -> str | None:
    """Nothing was said."""
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


KIND = QuestionKind(ask, wait, key, speech, silence)
