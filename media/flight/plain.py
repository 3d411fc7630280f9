"""Dataclasses and enumerations as JSON values, and back by their types. Pure.

Enumerations go by name, so that a log outlives a change of their order. Numbers keep every bit: Python writes floats
as the shortest text that reads back the same.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")


class PlainError(ValueError):
    """A value that is not of the type asked for."""


def plain(value: object) -> Any:
    """A value as JSON has it. Raises `PlainError` for what is no dataclass, enumeration, collection or scalar."""
    match value:
        case Enum():
            return value.name
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    raise PlainError(f"expected a dataclass, an enumeration or a JSON value, got {type(value).__name__}")


def typed(kind: type[_T], value: object) -> _T:
    """What `plain` made of an instance of `kind`. Raises `PlainError`."""
    made: _T = _typed(kind, value)
    return made


def typed_as(annotation: object, value: object) -> Any:
    """The same for any annotation: `int | None`, `tuple[str, ...]`. Raises `PlainError`."""
    return _typed(annotation, value)


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin is not None:
        return _collection(origin, get_args(kind), value)
    if not isinstance(kind, type) or kind is object:
        return value
    if issubclass(kind, Enum):
        return _member(kind, value)
    return _dataclass(kind, value) if is_dataclass(kind) else _scalar(kind, value)


def _scalar(kind: type, value: Any) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is tuple and isinstance(value, list):
        return tuple(value)
    if not isinstance(value, kind):
        raise PlainError(f"expected {kind.__name__}, got {value!r}")
    return value


def _one_of(kinds: Sequence[Any], value: Any) -> Any:
    for kind in kinds:
        if (kind is types.NoneType) != (value is None):
            continue
        if value is None:
            return None
        try:
            return _typed(kind, value)
        except PlainError:
            continue
    raise PlainError(f"expected one of {', '.join(map(str, kinds))}, got {value!r}")


def _collection(origin: Any, inner: Sequence[Any], value: Any) -> Any:
    if origin is Literal:
        return value
    if origin is tuple and isinstance(value, list):
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_typed(kind, item) for kind, item in zip(kinds, value, strict=True))
    if isinstance(value, dict) and issubclass(origin, Mapping):
        return {key: _typed(inner[1], item) for key, item in value.items()}
    if isinstance(value, list) and issubclass(origin, Sequence):
        return [_typed(inner[0], item) for item in value]
    raise PlainError(f"expected {origin.__name__}, got {value!r}")


def _member(kind: type[Enum], value: Any) -> Enum:
    try:
        return kind[value]
    except KeyError:
        raise PlainError(f"expected a {kind.__name__} ({', '.join(kind.__members__)}), got {value!r}") from None


def _dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise PlainError(f"expected the parts of a {kind.__name__}, got {value!r}")
    hints = _hints(kind)
    if unknown := value.keys() - hints.keys():
        raise PlainError(f"a {kind.__name__} has no {', '.join(sorted(unknown))}")
    try:
        return kind(**{name: _typed(hints[name], part) for name, part in value.items()})
    except TypeError as error:
        raise PlainError(f"not a whole {kind.__name__}: {error}") from error


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
