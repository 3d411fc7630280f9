"""What several rules ask of a flow is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from ivr_flows.model.flow import FlowBody

_T = TypeVar("_T")


def once(find: Callable[[FlowBody], Iterable[_T]]) -> Callable[[FlowBody], tuple[_T, ...]]:
    """Keeps what was found with the flow, as `cached_property` does: flows do not change."""
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found(body: FlowBody) -> tuple[_T, ...]:
        known: tuple[_T, ...] | None = body.__dict__.get(name)
        if known is None:
            known = body.__dict__[name] = tuple(find(body))
        return known

    return found
