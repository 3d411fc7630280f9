"""A flow as JSON, and back: a version that is kept for the calls that run on it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from ivr_flows.expansion import ExpansionError, expanded
from ivr_flows.model import Flow, FlowBody
from ivr_flows.model.steps import Fact


class VersionError(ValueError):
    """A kept flow that this Mercury can't read any more, or that is not the one it was kept as."""


def kept(flow: Flow) -> dict[str, object]:
    """All that a flow is made of, as it was written: itself, the flows that it runs, its facts. Plain JSON values."""
    facts = {
        name: {fact: known.model_dump(mode="json") for fact, known in facts.items()}
        for name, facts in flow.facts.items()
    }
    parts = flow.parts or {flow.name: flow.body}
    return {"parts": {part: body.model_dump(mode="json") for part, body in parts.items()}, "facts": facts}


def rebuilt(name: str, hash_: str, content: Mapping[str, object]) -> Flow:
    """The flow that was kept. Raises `VersionError` unless its hash comes out the same."""
    try:
        parts = _parts(content["parts"])
        body = expanded(parts)[name]
        flow = Flow(name, body, _facts(content["facts"]), parts if len(parts) > 1 else {})
    except (KeyError, ValidationError, ExpansionError) as error:
        raise VersionError(f"version {hash_} of {name} was kept by another Mercury: {error}") from error
    if flow.hash != hash_:
        raise VersionError(f"version {hash_} of {name} reads as {flow.hash} here")
    return flow


def _parts(content: object) -> dict[str, FlowBody]:
    return (
        {name: FlowBody.model_validate(body) for name, body in content.items()} if isinstance(content, Mapping) else {}
    )


def _facts(content: object) -> dict[str, dict[str, Fact]]:
    if not isinstance(content, Mapping):
        return {}
    return {
        name: {fact: Fact.model_validate(known) for fact, known in facts.items()} for name, facts in content.items()
    }
