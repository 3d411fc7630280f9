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

    async def mend(self) -> None:
        """Listen, and pass everything on."""
        self._passing.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def stall(self) -> None:
        """Pass nothing on any more, as a network does that loses everything: neither side is told."""
        self._passing.clear()

    def cut(self) -> None:
        """Reset all connections, and take no more."""
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
