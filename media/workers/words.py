"""What a worker process says on its standard error: told to Mercury's log, its latest lines kept."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque

_log = logging.getLogger(__name__)
_ENDS = re.compile(rb"[\r\n]+")
_LONGEST_LINE = 400
_KEPT = 5
_PIECE = 65_536
_LINES_A_SECOND = 50
"""A worker that says more than that is not listened to for the rest of the second."""


class Words:
    """Lines as they come; progress bars, which write over themselves, count as lines."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begun = b""
        self._latest: deque[str] = deque(maxlen=_KEPT)
        self._second, self._said = 0, 0

    @property
    def latest(self) -> str:
        """The last line that says something; "" where there is none."""
        return self._latest[-1] if self._latest else ""

    async def listen(self, stream: asyncio.StreamReader) -> None:
        """Until the stream ends."""
        while piece := await stream.read(_PIECE):
            self.feed(piece, asyncio.get_running_loop().time())
        self.feed(b"\n", asyncio.get_running_loop().time())

    def feed(self, piece: bytes, now_s: float) -> None:
        """Some bytes of it."""
        *lines, begun = _ENDS.split(self._begun + piece)
        self._begun = begun[:_LONGEST_LINE]
        for line in lines:
            self._say(line[:_LONGEST_LINE].decode(errors="replace").strip(), int(now_s))

    def _say(self, line: str, second: int) -> None:
        if not line:
            return
        self._latest.append(line)
        self._said = self._said + 1 if second == self._second else 1
        self._second = second
        if self._said <= _LINES_A_SECOND:
            _log.info("worker says: %s: %s", self._name, line)
