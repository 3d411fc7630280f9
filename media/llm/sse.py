"""Server-sent events, pure: bytes in, the data of each event out (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterator

_BOM = b"\xef\xbb\xbf"


class EventError(ValueError):
    """An event that is larger than any should be."""


class EventStream:
    """Takes a stream as it comes, in pieces of any size; names, ids and comments are passed over."""

    def __init__(self, *, largest_bytes: int = 1 << 20) -> None:
        self._largest = largest_bytes
        self._rest = b""
        self._data: list[str] = []
        self._size = 0
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The data of the events that are whole now. Raises `EventError`."""
        self._rest += piece
        if not self._begun:
            if _BOM.startswith(self._rest):
                return
            self._begun, self._rest = True, self._rest.removeprefix(_BOM)
        while (line := self._line()) is not None:
            if line:
                self._take(line)
            elif self._data:
                yield self._event()
        if len(self._rest) + self._size > self._largest:
            raise EventError(f"expected an event of at most {self._largest} bytes, it goes on")

    def finish(self) -> Iterator[str]:
        """The last event, where the stream ended without the empty line that ends it."""
        self._take(self._rest)
        if self._data:
            yield self._event()

    def _line(self) -> bytes | None:
        """The next line without its end (CR LF, LF or CR); None where it is not whole."""
        ends = [at for mark in (b"\n", b"\r") if (at := self._rest.find(mark)) >= 0]
        if not ends or self._rest[(end := min(ends)) :] == b"\r":
            return None
        line, after = self._rest[:end], end + (2 if self._rest[end : end + 2] == b"\r\n" else 1)
        self._rest = self._rest[after:]
        return line

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
            self._size += len(value)

    def _event(self) -> str:
        data, self._data, self._size = "\n".join(self._data), [], 0
        return data
