"""Engines by name: entry points of installed packages, so that a third party adds one without a change here.

Groups: mercury.recognisers, mercury.synthesisers, mercury.minds, mercury.vads, mercury.end_of_turn,
mercury.language_identifiers. Each entry point names a callable that makes the engine; what it is called with is its own
(see docs/engines.md).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from media.errors import EngineUnavailableError


class Engines(StrEnum):
    """The kinds of engine, each an entry-point group."""

    RECOGNISERS = "mercury.recognisers"
    SYNTHESISERS = "mercury.synthesisers"
    MINDS = "mercury.minds"
    VADS = "mercury.vads"
    END_OF_TURN = "mercury.end_of_turn"
    LANGUAGE_IDENTIFIERS = "mercury.language_identifiers"


def installed(kind: Engines) -> dict[str, EntryPoint]:
    """The engines of a kind by name; nothing is imported."""
    return {point.name: point for point in entry_points(group=kind.value)}


def engine(kind: Engines, name: str) -> Callable[..., Any]:
    """What makes the engine of this name.

    Raises `EngineUnavailableError` when none of this name is installed, or it can't be imported.
    """
    known = installed(kind)
    if name not in known:
        choice = ", ".join(sorted(known)) or "none; install Mercury itself with: pip install -e ."
        raise EngineUnavailableError(f"no engine {name!r} in {kind.value}; installed: {choice}")
    try:
        factory = known[name].load()
    except (ImportError, AttributeError) as error:
        raise EngineUnavailableError(f"engine {name!r} ({known[name].value}) can't be loaded: {error}") from error
    if not callable(factory):
        raise EngineUnavailableError(f"engine {name!r} ({known[name].value}) is no callable")
    made: Callable[..., Any] = factory
    return made
