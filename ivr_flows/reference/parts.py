"""Parts of the language as tables: their words, with types, defaults and meanings, from the JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ivr_flows.model.base import KEY_PATTERN, NAME_PATTERN
from ivr_flows.model.hours import SPAN_PATTERN
from ivr_flows.model.prompts import SOUND_PATTERN

Schema = Mapping[str, Any]
_TIME = "a time: 5s, 800ms, 2m"
_PATTERNS = {
    NAME_PATTERN: "a name",
    KEY_PATTERN: "a key",
    SPAN_PATTERN: "hours: 09:00-21:00",
    SOUND_PATTERN: "a sound file",
}
_ELSEWHERE = {"type": "types"}
"""Headings that have another name than their model."""
_PLAIN = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_UNITS = ((3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms"))


def anchor(title: str) -> str:
    """The name by which a heading is linked to."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def title_of(name: str) -> str:
    """A model's name as a heading: ReadBack is `read back`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Spec").removesuffix("Body")).lower()


def meaning(part: Schema) -> str:
    """A part's description, its line breaks gone."""
    return " ".join(str(part.get("description", "")).split())


def table(part: Schema, *, only: Collection[str] = (), without: Collection[str] = ()) -> Iterator[str]:
    """The words of a part (`only` these, where given): those that must be given in bold."""
    words = part.get("properties", {})
    names = [name for name in words if name not in without and (not only or name in only)]
    if not names:
        return
    yield "| word | what | unless given | |"
    yield "|---|---|---|---|"
    for name in names:
        field = part["properties"][name]
        needed = name in part.get("required", ())
        word = f"**`{name}`**" if needed else f"`{name}`"
        yield f"| {word} | {_cell(kind(field))} | {_cell(_default(field))} | {_cell(meaning(field))} |"


def kind(field: Schema) -> str:
    """What may stand there, in words."""
    if "$ref" in field:
        title = title_of(field["$ref"].rpartition("/")[2])
        return f"[{title}](#{anchor(_ELSEWHERE.get(title, title))})"
    if "oneOf" in field:
        return "a [step](#steps)"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(kind(each) for each in field["anyOf"] if each.get("type") != "null"))
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    return _SHAPES.get(field.get("type", ""), _scalar)(field)


def _list(field: Schema) -> str:
    return "two whole numbers" if "prefixItems" in field else f"a list: {kind(field.get('items', {}))}"


def _by_name(field: Schema) -> str:
    return f"by name: {kind(_values_of(field))}"


def _scalar(field: Schema) -> str:
    if "examples" in field and "ge" in field:
        return _TIME
    if "pattern" in field:
        return _PATTERNS.get(field["pattern"], "text")
    if field.get("type") not in _PLAIN:
        return "anything"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    limits = f", {low} to {field['maximum']}" if low is not None and "maximum" in field else ""
    return _PLAIN[field["type"]] + limits


_SHAPES: Mapping[str, Callable[[Schema], str]] = {"array": _list, "object": _by_name}


def _values_of(field: Schema) -> Schema:
    by_pattern: Mapping[str, Schema] = field.get("patternProperties", {})
    found: Schema = next(iter(by_pattern.values()), field.get("additionalProperties", {}))
    return found


def _default(field: Schema) -> str:
    value = field.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict | list):
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and kind(field) == _TIME:
        unit, name = next((unit, name) for unit, name in _UNITS if value % unit == 0)
        return f"`{value // unit}{name}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
