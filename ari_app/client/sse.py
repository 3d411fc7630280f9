"""Server-sent events, pure: bytes in, events out (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event. `id`: the last one that the stream told."""

    id: str
    event: str
    data: str


class EventParser:
    """Takes a stream as it comes, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._id = ""
        self._event = ""
        self._data: list[str] = []

    def feed(self, data: bytes) -> Iterator[ServerSentEvent]:
        """The events that are whole now."""
        *lines, self._rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line:
                self._take(line.decode("utf-8", "replace"))
            elif self._data:
                yield ServerSentEvent(self._id, self._event or "message", "\n".join(self._data))
                self._event, self._data = "", []
            else:
                self._event = ""

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "id":
                self._id = value
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
