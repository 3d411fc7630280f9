"""The world that a case describes: what answers the flow, and how a step of the case changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from ivr_flows.cases.model import Act, Given, Handover, Idea, Taken, Talk
from ivr_flows.events import Failed, Talked, Thought
from ivr_flows.world import Callee, Lookup, Mind, World

_ACCEPTED: Mapping[str, bool | None] = {"accepted": True, "refused": False, "canceled": False, "failed": None}


def world_of(given: Given) -> World:
    """The world that a call begins with."""
    world = World({})
    for word, change in _GIVEN.items():
        if (value := getattr(given, word)) is not None:
            world = change(world, value)
    return world


def changed(world: World, act: Act) -> World:
    """The world after a move of its own."""
    return _CHANGES[act.move](world, getattr(act, act.move))


def given_besides(given: Given, act: Act) -> Given:
    """What a call begins with, and this answer of the world's besides."""
    answer = getattr(act, act.move)
    word = _GIVEN_AS.get(act.move, act.move)
    known = getattr(given, word)
    merged = {**known, **answer} if isinstance(known, Mapping) and isinstance(answer, Mapping) else answer
    return given.model_copy(update={word: merged})


def thought_of(thought: Literal["failed"] | Idea) -> Thought | Failed:
    """What a mind gives, as the interpreter gets it."""
    if isinstance(thought, str):
        return Failed(0, "no thought")
    return Thought(0, thought.text, thought.exit or "", thought.confidence)


def talk_of(transfer: Handover) -> Talked | Failed:
    """What becomes of a transfer, as the interpreter gets it."""
    if isinstance(transfer, Talk):
        return Talked(0, transfer.talked)
    return Talked(0, Talk().talked) if transfer == "talked" else Failed(0, transfer)


def _answering(answers: Mapping[str, Taken]) -> dict[str, Lookup]:
    return {name: _always(answer) for name, answer in answers.items()}


def _always(answer: Taken) -> Lookup:
    fields: Mapping[str, Any] | None = answer if isinstance(answer, Mapping) else {} if answer == "taken" else None
    return lambda _: fields


def _mind(thought: Literal["failed"] | Idea) -> Mind:
    found = thought_of(thought)
    return lambda _: found if isinstance(found, Thought) else None


def _callee(transfer: Handover) -> Callee:
    found = talk_of(transfer)
    return lambda _: found


_CHANGES: Mapping[str, Callable[[World, Any], World]] = {
    "decision": lambda world, answer: replace(world, accepted=_ACCEPTED[answer], canceled=answer == "canceled"),
    "lookup": lambda world, answers: replace(world, lookups={**world.lookups, **_answering(answers)}),
    "submit": lambda world, answers: replace(world, submits={**world.submits, **_answering(answers)}),
    "transfer": lambda world, answer: replace(world, transfers=_callee(answer)),
    "thought": lambda world, answer: replace(world, thoughts=_mind(answer)),
}
_GIVEN_AS: Mapping[str, str] = {"lookup": "lookups", "submit": "submits"}
"""What is called otherwise where a call begins."""
_GIVEN: Mapping[str, Callable[[World, Any], World]] = {
    _GIVEN_AS.get(word, word): change for word, change in _CHANGES.items()
}
