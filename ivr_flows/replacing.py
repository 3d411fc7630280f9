"""Models are fixed once read: these make a changed copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from ivr_flows.model.walk import Path

_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)


def replaced(part: _T, path: Path, value: object) -> _T:
    """`part` with `value` where `path` leads: by fields, keys and indices."""
    return _replaced(part, path, value)  # type: ignore[no-any-return]


def rebuilt(model: _M, **changes: object) -> _M:
    """A copy with these fields changed, unchecked, and with nothing kept that was worked out from the old ones."""
    fields = {name: getattr(model, name) for name in type(model).model_fields}
    return type(model).model_construct(**{**fields, **changes})


def _replaced(part: Any, path: Path, value: object) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(part, BaseModel):
        return rebuilt(part, **{str(head): _replaced(getattr(part, str(head)), rest, value)})
    if isinstance(part, Mapping):
        return {**part, head: _replaced(part[head], rest, value)}
    index = int(head)
    return (*part[:index], _replaced(part[index], rest, value), *part[index + 1 :])
