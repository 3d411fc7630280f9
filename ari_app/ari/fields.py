"""Reads the fields of Asterisk's JSON into typed values.

Releases of Asterisk differ in their fields, and a live call is not dropped for one: a plain value that is missing or of
another type becomes its type's empty value (`""`, 0, None …). Only the objects that a message is about must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, Self, TypeVar

from ari_app.ari.errors import MalformedMessage

Json = Mapping[str, object]
"""A JSON object as it came."""


class FromJson(Protocol):
    """A model that is made from a JSON object."""

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Raises `MalformedMessage` where an object within it is missing."""


M = TypeVar("M", bound=FromJson)


def text(json: Json, key: str) -> str:
    """A string; "" when there is none."""
    return maybe_text(json, key) or ""


def maybe_text(json: Json, key: str) -> str | None:
    """A string, or None."""
    value = json.get(key)
    return value if isinstance(value, str) else None


def whole(json: Json, key: str) -> int:
    """A whole number; 0 when there is none."""
    return maybe_whole(json, key) or 0


def maybe_whole(json: Json, key: str) -> int | None:
    """A whole number, or None."""
    value = json.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def real(json: Json, key: str) -> float:
    """A number; 0.0 when there is none."""
    return maybe_real(json, key) or 0.0


def maybe_real(json: Json, key: str) -> float | None:
    """A number, or None."""
    value = json.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def flag(json: Json, key: str) -> bool:
    """A boolean; False when there is none."""
    return json.get(key) is True


def maybe_flag(json: Json, key: str) -> bool | None:
    """A boolean, or None."""
    value = json.get(key)
    return value if isinstance(value, bool) else None


def moment(json: Json, key: str) -> datetime | None:
    """A time with its zone (`2026-11-21T02:40:00.000+0000`), or None."""
    try:
        return datetime.fromisoformat(text(json, key))
    except ValueError:
        return None


def mapping(json: Json, key: str) -> Json:
    """An object of free form; empty when there is none."""
    return maybe_mapping(json, key) or {}


def maybe_mapping(json: Json, key: str) -> Json | None:
    """An object of free form, or None."""
    value = json.get(key)
    return value if isinstance(value, dict) else None


def texts(json: Json, key: str) -> tuple[str, ...]:
    """The strings of a list."""
    return tuple(item for item in _list(json, key) if isinstance(item, str))


def mappings(json: Json, key: str) -> tuple[Json, ...]:
    """The objects of a list."""
    return tuple(item for item in _list(json, key) if isinstance(item, dict))


def one_object(model: type[M], json: Json, key: str) -> M:
    """An object that must be there."""
    value = json.get(key)
    if not isinstance(value, dict):
        raise MalformedMessage(f"{key}: expected a {model.__name__} object, got {type(value).__name__}")
    return model.from_json(value)


def maybe_object(model: type[M], json: Json, key: str) -> M | None:
    """An object, or None."""
    value = json.get(key)
    return model.from_json(value) if isinstance(value, dict) else None


def objects(model: type[M], json: Json, key: str) -> tuple[M, ...]:
    """The objects of a list."""
    return tuple(model.from_json(item) for item in mappings(json, key))


def _list(json: Json, key: str) -> list[object]:
    value = json.get(key)
    return value if isinstance(value, list) else []
