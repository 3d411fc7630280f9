"""Handing the caller to a person."""

from __future__ import annotations

from ivr_flows.commands import Transfer
from ivr_flows.events import Failed, Talked
from ivr_flows.model.steps import TransferStep
from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.problems import InputError
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def enter(turn: Turn, step: TransferStep) -> str | None:
    """Ring the person, if there is a number to ring."""
    turn.say(step.say, "say")
    if not number(turn, step):
        return step.failed
    ring(turn, step)
    return None


def ring(turn: Turn, step: TransferStep) -> None:
    """Ring the person (again)."""
    wanted = step.transfer
    transfer = Transfer(
        to=number(turn, step),
        trunk=wanted.trunk,
        whisper=turn.rendered(wanted.whisper) if wanted.whisper else (),
        accept=wanted.accept or "",
        music=wanted.music or "",
        ring_ms=wanted.ring,
        longest_ms=wanted.longest,
    )
    turn.hold(transfer, Phase.TRANSFER)


def talked(_: Turn, step: TransferStep, event: Talked | Failed) -> str | None:
    """The person has left, or nobody came."""
    return step.failed if isinstance(event, Failed) else step.next


def number(turn: Turn, step: TransferStep) -> str:
    """Who is rung, in E.164; "" when there is no such number."""
    raw = turn.values.get(step.transfer.to, step.transfer.to)
    try:
        return str(check_value("to", Value(type=Type.PHONE), raw))
    except InputError:
        return ""
