"""At the door: whether a call that came in is answered, and with which flow. What the backend says counts if it can be
done; else the route's own flow answers, and why is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from ari_app.calls.switch import Refusal
from ari_app.store.records import CallRecord
from ivr_flows.model import Flow
from ivr_flows.problems import InputError


@dataclass(frozen=True, slots=True)
class Welcome:
    """A call is answered: with what."""

    flow: Flow
    inputs: Mapping[str, object]
    language: str
    order_id: str = ""
    because: str = "route"
    """Who said so: route, jupiter, order."""
    about: str = ""
    """Why it is not what was wanted at first, or the id of the call that it answers; "" for nothing."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    answers: CallRecord | None = None
    """The outbound call that the caller answers by calling back."""

    def because_of(self, about: str) -> Welcome:
        """The same, for this reason."""
        return replace(self, about=about)


class SaidWhatError(Exception):
    """The backend's answer can't be followed; the text says what was expected, and what came."""


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answer: StrictBool
    refusal: Refusal = "decline"
    flow: str = Field("", max_length=128)
    inputs: dict[str, object] = {}
    language: str = Field("", max_length=16)
    metadata: dict[str, object] = {}


def said(answer: Mapping[str, object], flows: Mapping[str, Flow], usual: Welcome) -> Welcome | Refusal:
    """What the backend's answer comes to; `usual` completes it. Raises `SaidWhatError`."""
    try:
        told = _Said.model_validate(dict(answer))
    except ValidationError as error:
        wrong = error.errors()[0]
        raise SaidWhatError(f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}, got {wrong['input']!r}") from error
    if not told.answer:
        return told.refusal
    flow = flows.get(told.flow) if told.flow else usual.flow
    if flow is None:
        raise SaidWhatError(f"flow: expected one of {', '.join(flows)}, got {told.flow!r}")
    given = told.inputs if told.flow or told.inputs else usual.inputs
    try:
        inputs, language = flow.check_inputs(given), flow.check_language(told.language)
    except InputError as error:
        raise SaidWhatError(f"inputs or language: {error}") from error
    order_id = inputs.get("order_id")
    return Welcome(flow, inputs, language, str(order_id or ""), "jupiter", metadata=told.metadata)
