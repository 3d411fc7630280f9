"""A phone's RTP socket: sends what the mouth makes every 20 ms, times what the ear hears by the kernel's clock."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import sys
import time
from collections.abc import Callable

from media.audio.pcm import FRAME_MS
from phones.ear import Ear
from phones.mouth import Mouth

_SO_TIMESTAMPNS = 35
"""Linux, asm-generic/socket.h: a receive timestamp with each datagram. The Python module names it only from 3.14 on."""
_TIMESPEC = struct.Struct("@qq")
_TICK_S = FRAME_MS / 1000
_MOST_LATE = 5
"""Beats made up for after a stall; more are skipped, as a real phone's are."""
_READ_AT_ONCE = 64


class RtpEndpoint:
    """One UDP socket on `host`. `on_heard` is called for each datagram, with whether it was voiced."""

    def __init__(self, host: str, on_heard: Callable[[bool], None]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        if sys.platform == "linux":
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((host, 0))
        self._on_heard = on_heard
        self.mouth = Mouth(random.getrandbits(32), random.getrandbits(15), random.getrandbits(31))
        self.ear = Ear()
        self.remote: tuple[str, int] | None = None
        self.sending = True
        self._next_tick = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def connect(self, remote: tuple[str, int]) -> None:
        """Send to `remote` from now on."""
        self.remote = remote
        if self._timer is None:
            self._next_tick = self._loop.time()
            self._tick()

    def inject(self, datagram: bytes) -> None:
        """Send a datagram as it is: for tests of what the far end makes of bad ones."""
        self._send(datagram)

    def stop_sending(self) -> None:
        """Stop the beat; go on hearing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.mouth.stop()

    def close(self) -> None:
        """Free the port. Idempotent."""
        self.stop_sending()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _tick(self) -> None:
        due = 1 + int((self._loop.time() - self._next_tick) / _TICK_S)
        if due > _MOST_LATE:
            self.mouth.skip(due - 1)
        for _ in range(1 if due > _MOST_LATE else due):
            self._beat()
        self._next_tick += due * _TICK_S
        self._timer = self._loop.call_at(self._next_tick, self._tick)

    def _beat(self) -> None:
        if not self.sending:
            self.mouth.skip(1)
            return
        for packet in self.mouth.tick(time.time()):
            self._send(bytes(packet))

    def _send(self, datagram: bytes) -> None:
        """A phone does not stop for a far end that is not there (ECONNREFUSED), nor for a full buffer."""
        if self.remote is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(datagram, self.remote)

    def _read(self) -> None:
        for _ in range(_READ_AT_ONCE):
            try:
                datagram, ancillary, _, _ = self._socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            except OSError:
                continue
            self._on_heard(self.ear.hear(_received_at(ancillary), datagram))


def _received_at(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
