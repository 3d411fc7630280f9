"""The control messages of ExternalMedia's websocket: JSON, one an ordinary text message. Pure.

Asterisk's chan_websocket with `control_message_format = json`; what 22.10.1 sends and takes, as tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class ControlError(ValueError):
    """A message that is no control message; the text says what was expected and what came."""


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """The first message: the channel and its socket belong together from now on."""

    format: str
    frame_bytes: int


@dataclass(frozen=True, slots=True)
class Halt:
    """MEDIA_XOFF: Asterisk's queue is nearly full (900 frames)."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """MEDIA_XON: there is room again (800 frames)."""


@dataclass(frozen=True, slots=True)
class Queued:
    """STATUS: so many frames wait in Asterisk to be played."""

    frames: int


@dataclass(frozen=True, slots=True)
class MarkReached:
    """MEDIA_MARK_PROCESSED: all that was sent before the mark has been played."""

    mark: str


@dataclass(frozen=True, slots=True)
class Refused:
    """ERROR: Asterisk could not do what it was told."""

    error: str


ControlEvent = MediaStarted | Halt | GoOn | Queued | MarkReached | Refused

FLUSH = json.dumps({"command": "FLUSH_MEDIA"})
"""Throw away what waits to be played; marks that wait go with it."""
ASK_QUEUED = json.dumps({"command": "GET_STATUS"})


def mark(name: str) -> str:
    """Tell when all that was sent up to here has been played."""
    return json.dumps({"command": "MARK_MEDIA", "correlation_id": name})


def read_event(text: str) -> ControlEvent | None:
    """What Asterisk says; None for what is of no use here (keys come as ARI events). Raises `ControlError`."""
    try:
        message = json.loads(text)
    except ValueError as error:
        raise ControlError(f"expected a control message in JSON, got {text[:80]!r}") from error
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise ControlError(f"expected a control message with an event, got {text[:80]!r}")
    read = _EVENTS.get(message["event"])
    return read(message) if read else None


def _number(message: Mapping[str, object], name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int) or value < 0:
        raise ControlError(f"{message['event']}: expected {name} to be a number of 0 or more, got {value!r}")
    return value


_EVENTS: Mapping[str, Callable[[Mapping[str, object]], ControlEvent]] = {
    "MEDIA_START": lambda said: MediaStarted(str(said.get("format", "")), _number(said, "optimal_frame_size")),
    "MEDIA_XOFF": lambda _: Halt(),
    "MEDIA_XON": lambda _: GoOn(),
    "STATUS": lambda said: Queued(_number(said, "queue_length")),
    "MEDIA_MARK_PROCESSED": lambda said: MarkReached(str(said.get("correlation_id", ""))),
    "ERROR": lambda said: Refused(str(said.get("error_text", ""))),
}
