"""How Swagger's names and types are written in Python."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from ari_app.ari.codegen.swagger import Parameter, Property, element_of

GENERATED = "Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit."


@dataclass(frozen=True, slots=True)
class Scalar:
    """A plain type: how it is annotated, and which function of `fields` reads it (with `maybe_` where optional)."""

    annotation: str
    reader: str


SCALARS = {
    "string": Scalar("str", "text"),
    "int": Scalar("int", "whole"),
    "long": Scalar("int", "whole"),
    "double": Scalar("float", "real"),
    "boolean": Scalar("bool", "flag"),
    "object": Scalar("Json", "mapping"),
}
LISTS = {"string": Scalar("tuple[str, ...]", "texts"), "object": Scalar("tuple[Json, ...]", "mappings")}


def identifier(name: str) -> str:
    """A Swagger name as a Python name: `from` → `from_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def snake(name: str) -> str:
    """`deviceStates` → `device_states`, for modules."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def title(name: str) -> str:
    """`deviceStates` → `DeviceStates`, for classes."""
    return name[0].upper() + name[1:]


def field_of(item: Property, models: str = "") -> tuple[str, str]:
    """A model's field: its annotation, and the expression that reads it from `json`. Models are prefixed `models`."""
    key = f'json, "{item.name}"'
    if item.type == "Date":
        return "datetime | None", f"fields.moment({key})"
    if element := element_of(item.type):
        return _list_of(element, key, models)
    optional, maybe = ("", "") if item.required else (" | None", "maybe_")
    if scalar := SCALARS.get(item.type):
        return f"{scalar.annotation}{optional}", f"fields.{maybe}{scalar.reader}({key})"
    return f"{models}{item.type}{optional}", f"fields.{maybe or 'one_'}object({models}{item.type}, {key})"


def _list_of(element: str, key: str, models: str) -> tuple[str, str]:
    if scalar := LISTS.get(element):
        return scalar.annotation, f"fields.{scalar.reader}({key})"
    return f"tuple[{models}{element}, ...]", f"fields.objects({models}{element}, {key})"


def parameter_type(item: Parameter) -> str:
    """The annotation of a parameter that is given."""
    if item.place == "body":
        return "Iterable[Json]" if item.name == "fields" else "Json"
    if item.multiple:
        return "str | Iterable[str]"
    if item.choices:
        return f"Literal[{', '.join(repr(choice) for choice in item.choices)}]"
    return SCALARS[item.type].annotation
