"""A TCP proxy between Mercury and Asterisk's ARI, that can be cut and mended."""

from __future__ import annotations

import asyncio
import contextlib


class Proxy:
    """Passes on every connection to `port` until it is cut; then nothing listens there."""

    def __init__(self, to: tuple[str, int], port: int) -> None:
        self.port = port
        self._to = to
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._unanswered = b""
        self.swallowed = 0
        """Connections whose answer was kept back."""

    async def mend(self) -> None:
        """Listen, and pass everything on."""
        self._passing.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def stall(self) -> None:
        """Pass nothing on any more, as a network does that loses everything: neither side is told."""
        self._passing.clear()

    def swallow(self, request: bytes) -> None:
        """Pass on the next request that has these bytes in its first line, but nothing of what is answered."""
        self._unanswered = request

    def cut(self) -> None:
        """Reset all connections, and take no more."""
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        self._writers |= {writer, far_writer}
        answering = asyncio.Event()
        answering.set()
        await asyncio.gather(
            self._copy(reader, far_writer, self._passing, answering), self._copy(far_reader, writer, answering)
        )
        self._writers -= {writer, far_writer}

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: asyncio.Event,
        answering: asyncio.Event | None = None,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if answering and self._unanswered and self._unanswered in data.split(b"\r\n", 1)[0]:
                    self._unanswered = b""
                    self.swallowed += 1
                    answering.clear()
                await self._passing.wait()
                await gate.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
