"""What goes wrong with engines, whichever they are."""

from __future__ import annotations


class EngineError(RuntimeError):
    """An engine failed at its work; the text says which, at what, and why."""


class EngineUnavailableError(EngineError):
    """An engine can't be started here: not installed, or it refuses; the text says what to do."""


class EngineBusyError(EngineError, TimeoutError):
    """An engine's queue is full, or its work came to no end in time."""


class EngineRestingError(EngineError):
    """An engine that kept failing is left alone for a while; the text says for how long, and what was wrong."""
