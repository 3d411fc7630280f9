"""What is asked of a call from outside: to end, to go on in another language, to hand the caller to a person."""

from __future__ import annotations

from ivr_flows.commands import SpokenText, Transfer
from ivr_flows.events import Failed, Talked
from ivr_flows.model.steps import StepBase
from ivr_flows.session import Phase
from ivr_flows.turn import Turn
from ivr_flows.vocabulary import CANCELED, GOODBYE, NOT_NEEDED, TRANSFERRED


def canceled(turn: Turn) -> str | None:
    """Say so, and end. What was decided on this call stands, and is not taken back in words either."""
    if turn.session.decided:
        dismissed(turn)
        return None
    if turn.flow.body.canceled:
        return turn.flow.body.canceled
    turn.play(SpokenText(NOT_NEEDED[turn.session.language], turn.session.language), "canceled")
    turn.end(CANCELED)
    return None


def dismissed(turn: Turn, outcome: str = CANCELED) -> None:
    """Say goodbye, and end."""
    turn.play(SpokenText(GOODBYE[turn.session.language], turn.session.language), "goodbye")
    turn.end(outcome)


def hand_over(turn: Turn, to: str) -> None:
    """Ring a person, whatever the call waits for."""
    before = turn.session.interrupted or turn.session.phase.value
    turn.change(handed_to=to, interrupted=before)
    ring(turn, turn.step)


def ring(turn: Turn, _: StepBase) -> None:
    """Ring them (again)."""
    turn.hold(Transfer(turn.session.handed_to), Phase.HANDOVER)


def handed_over(turn: Turn, _: StepBase, event: Talked | Failed) -> None:
    """They have left, and the call ends; or nobody came, and it waits for what it waited for before."""
    phase = Phase(turn.session.interrupted)
    turn.change(handed_to="", interrupted="", phase=phase)
    if isinstance(event, Talked):
        dismissed(turn, TRANSFERRED)
