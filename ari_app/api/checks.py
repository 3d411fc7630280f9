"""A call that is asked for, against what there is: its flow, its times, its address, the policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ari_app.api.asking import InitiateCall
from ari_app.api.dependencies import CallFlow, Dependencies
from ari_app.api.problem import FieldError
from ari_app.calls.switch import SwitchError
from ari_app.dialer.urls import UrlRefusedError
from ari_app.store.records import Direction, NewCall
from ari_app.store.terms import Machine, Terms
from ivr_flows.problems import InputError


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, and the hash of the request that it came with."""

    value: str
    request_hash: str


def checked(to: Dependencies, asked: InitiateCall, key: Key) -> NewCall | list[FieldError]:
    """The call to be recorded, or all that is wrong with it."""
    flow = to.flows.find(asked.flow)
    if flow is None:
        names = ", ".join(sorted(to.flows.names()))
        return [FieldError(field="flow", message=f"expected one of {names}; got {asked.flow!r}")]
    errors = [
        *_wrong_url(to, asked),
        *_wrong_language(asked, flow),
        *_wrong_inputs(asked, flow),
        *_wrong_times(to, asked),
        *_wrong_machine(asked, flow),
    ]
    if errors:
        return errors
    try:
        trunk = to.trunk_of(asked.to)
    except SwitchError as error:
        return [FieldError(field="to", message=str(error))]
    new = _new_call(to, asked, flow, key, trunk)
    refused = to.refuse(new)
    return [FieldError(field=refused.field, message=refused.reason)] if refused else new


def _new_call(to: Dependencies, asked: InitiateCall, flow: CallFlow, key: Key, trunk: str) -> NewCall:
    return NewCall(
        id=to.new_id(),
        direction=Direction.OUTBOUND,
        flow=asked.flow,
        flow_hash=flow.hash,
        language=asked.language or flow.languages[0],
        to=asked.to,
        caller=asked.caller or to.caller_id,
        inputs=asked.inputs,
        callback_url=asked.callback_url or "",
        metadata=asked.metadata,
        idempotency_key=key.value,
        request_hash=key.request_hash,
        order_id=asked.order_id,
        trunk=trunk,
        terms=_terms(asked),
        due_at=asked.earliest_at,
    )


def _terms(asked: InitiateCall) -> Terms:
    return Terms(
        purpose=asked.purpose,
        priority=asked.priority,
        party=asked.party,
        earliest_at=asked.earliest_at,
        latest_at=asked.latest_at,
        ring_s=asked.ring_s or 0,
        max_s=asked.max_s or 0,
        retries=asked.retries,
        machine=asked.machine,
        events=tuple(asked.events),
    )


def _wrong_url(to: Dependencies, asked: InitiateCall) -> Iterator[FieldError]:
    if asked.callback_url:
        try:
            to.check_url(asked.callback_url)
        except UrlRefusedError as error:
            yield FieldError(field="callback_url", message=str(error))


def _wrong_language(asked: InitiateCall, flow: CallFlow) -> Iterator[FieldError]:
    if asked.language is not None and asked.language not in flow.languages:
        expected = ", ".join(flow.languages)
        yield FieldError(field="language", message=f"expected one of {expected}; got {asked.language!r}")


def _wrong_inputs(asked: InitiateCall, flow: CallFlow) -> Iterator[FieldError]:
    try:
        flow.check_inputs(asked.inputs)
    except InputError as error:
        yield FieldError(field=f"inputs.{error.field}", message=f"expected {error.expected}, got {error.got!r}")


def _wrong_times(to: Dependencies, asked: InitiateCall) -> Iterator[FieldError]:
    if asked.latest_at is None:
        return
    if asked.latest_at <= to.wall():
        yield FieldError(field="latest_at", message=f"is past: {asked.latest_at.isoformat()}")
    elif asked.earliest_at and asked.latest_at < asked.earliest_at:
        yield FieldError(field="latest_at", message=f"is before earliest_at, {asked.earliest_at.isoformat()}")


def _wrong_machine(asked: InitiateCall, flow: CallFlow) -> Iterator[FieldError]:
    if asked.machine is Machine.LEAVE_MESSAGE and not flow.leaves_messages:
        yield FieldError(field="machine", message=f"expected a flow with a `message`; {asked.flow!r} has none to leave")
