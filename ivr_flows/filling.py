"""Texts that variables are set to: templates as in prompts, filled with values as they are held, not said."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr_flows.model.values import MOST_TEXT, Type, Value, check_value
from ivr_flows.problems import InputError
from ivr_flows.prompts.templates import TemplateError, Worded, fill, names_in

_ONE = re.compile(r"^\{\{\s*([a-z][a-z0-9_]*)\s*\}\}$")


def assigned(texts: Mapping[str, str], types: Mapping[str, Value], values: Mapping[str, object]) -> dict[str, object]:
    """What variables are set to by these texts. What does not fit a variable's type leaves it as it was."""
    found: dict[str, object] = {}
    for name, text in texts.items():
        value = filled(text, values)
        try:
            found[name] = check_value(name, types[name], value) if name in types else value
        except InputError:
            continue
    return found


def filled(text: str, values: Mapping[str, object]) -> object:
    """`text` with its variables. Of `{{ name }}` alone it is the value itself, "" where there is none."""
    if alone := _ONE.match(text.strip()):
        return values.get(alone[1], "")
    if "{" not in text:
        return text
    plain = {name: Worded(values.get(name), _plain(values.get(name))) for name in names_in(text)}
    return fill(text, plain)[:MOST_TEXT]


def misfit(name: str, text: str, spec: Value, known: Mapping[str, Value]) -> str:
    """Why a variable of this type can't be set to `text`, so that no call finds it out; "" when it can."""
    try:
        if not names_in(text):
            check_value(name, spec, text)
            return ""
    except (InputError, TemplateError) as error:
        return str(error)
    alone = _ONE.match(text.strip())
    given = known.get(alone[1]) if alone else None
    if spec.type is Type.TEXT or (given and _same(given, spec)):
        return ""
    return f"{name}: expected {spec.type} as written, or one variable of this type, got {text!r}"


def _same(given: Value, spec: Value) -> bool:
    return given.type is spec.type and set(given.words or ()) <= set(spec.words or ())


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
