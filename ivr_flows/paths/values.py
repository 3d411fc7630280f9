"""Values worth trying: one of each type, and those on which a flow's branches turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product

from ivr_flows.expressions import names_in_expression
from ivr_flows.model import Flow
from ivr_flows.model.steps import BranchStep, DigitsStep
from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.problems import InputError

MOST_MIXES = 64
_NUMBERS = re.compile(r"\b\d+(?:\.\d+)?\b")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_USUAL: Mapping[Type, object] = {
    Type.TEXT: "Asha",
    Type.ORDER_NUMBER: "4321",
    Type.INTEGER: 5,
    Type.MINUTES: 12,
    Type.RUPEES: "250",
    Type.KILOMETRES: "4.5",
    Type.PHONE: "+919812345678",
    Type.TIME: "18:30",
    Type.DATE: "2026-10-02",
    Type.DATE: "2026-10-02",
    Type.LIST: ["1 naan", "2 paneer tikka"],
}


def mixes(flow: Flow, specs: Mapping[str, Value]) -> list[dict[str, object]]:
    """Values for all of `specs`, so that every branch on them is met; at most `MOST_MIXES`."""
    turning = turning_names(flow)
    choices = [_values(flow, name, spec, varied=name in turning) for name, spec in specs.items()]
    return [dict(zip(specs, values, strict=True)) for values in islice(product(*choices), MOST_MIXES)]


def entries(flow: Flow, step: DigitsStep) -> tuple[list[str], list[str]]:
    """Entries that `step` takes, and some that it does not."""
    digits = step.digits
    low, high = digits.between or (None, None)
    spec = Value(type=digits.type, least=low, most=high)
    found = [str(low if low is not None else 10 ** (digits.min - 1)), "4321098765432109876"[: digits.max]]
    found += ["9812345678"] if digits.type is Type.PHONE else []
    found += [str(number).split(".", maxsplit=1)[0] for number in _constants(flow, digits.into)]
    good = [entry for entry in found if _fits(entry, spec) and digits.min <= len(entry) <= digits.max]
    bad = [entry for entry in ("0", "9" * digits.max) if not _fits(entry, spec) or len(entry) < digits.min]
    return list(dict.fromkeys(good)), bad


def _fits(raw: object, spec: Value) -> bool:
    try:
        check_value("value", spec, raw)
    except InputError:
        return False
    return True


def _values(flow: Flow, name: str, spec: Value, *, varied: bool) -> list[object]:
    usual: list[object] = list(spec.words) if spec.words else [_USUAL.get(spec.type)]
    bounds = [value for value in (spec.least, spec.most, spec.default) if value is not None]
    good = [value for value in (*usual, *bounds, *_constants(flow, name)) if _fits(value, spec)]
    if not varied:
        return good[:1]
    return [value for index, value in enumerate(good) if str(value) not in map(str, good[:index])]


def _constants(flow: Flow, name: str) -> Iterator[object]:
    for expression in _expressions(flow):
        if name in names_in_expression(expression):
            for number in _NUMBERS.findall(expression):
                whole = int(float(number))
                yield from (number, whole - 1, whole + 1)
            yield from (one or two for one, two in _QUOTED.findall(expression))


def turning_names(flow: Flow) -> set[str]:
    """The variables on which the flow's branches turn."""
    return {name for expression in _expressions(flow) for name in names_in_expression(expression)}


def _expressions(flow: Flow) -> Iterator[str]:
    for step in flow.steps.values():
        if isinstance(step, BranchStep):
            yield from (case.when for case in step.branch)
