"""RTP over UDP, for ExternalMedia's `encapsulation=rtp,transport=udp`: the socket around a pure session."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from collections.abc import Iterable

from media.audio.codecs.protocol import Codec
from media.audio.g711 import ALAW
from media.clock import Clock
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import JitterBuffer
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver, RtpSender
from media.transport.protocol import Address, OnFrame, TransportStatistics
from media.transport.summary import summary

_LARGEST = 2048
_EPHEMERAL_TRIES = 64
_BEHIND_S = 0.03
"""A gap this long may be ours: what waits in the socket is read at once, or it would become lasting delay."""
_MOST_DRAINED = 32


class NoPortError(Exception):
    """No UDP port is free where one was asked for."""


def open_port(host: str = "127.0.0.1", ports: Iterable[int] | None = None) -> socket.socket:
    """Bind a UDP socket to an even port (its odd neighbour is where RTCP goes; RFC 3550, section 11).

    `ports` are the numbers that may be used; None lets the system choose. Raises `NoPortError`.
    """
    for port in [0] * _EPHEMERAL_TRIES if ports is None else (port for port in ports if port % 2 == 0):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        try:
            sock.bind((host, port))
        except OSError as error:
            sock.close()
            if error.errno != errno.EADDRINUSE:
                raise NoPortError(f"can't bind UDP on {host}: {error.strerror}") from error
            continue
        if sock.getsockname()[1] % 2 == 0:
            return sock
        sock.close()
    raise NoPortError(f"no even UDP port is free on {host} among those allowed: raise the range or admit fewer calls")


class RtpTransport:
    """One leg's socket. Packets are read as they come (one a wake-up, all after a gap), and sent by the ticker."""

    def __init__(
        self, sock: socket.socket, clock: Clock, *, jitter_ms: int = 40, most_jitter_ms: int = 200, codec: Codec = ALAW
    ) -> None:
        self._socket = sock
        self._clock = clock
        self._address: Address = sock.getsockname()
        self._counters = Counters()
        self._playout = Playout(JitterBuffer(jitter_ms))
        self._delays = DelayEstimator(jitter_ms, most_jitter_ms)
        self._sender = RtpSender(codec, secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))
        self._receiver: RtpReceiver | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._remote: Address = ("", 0)
        self._unsent = 0
        self._closed = False

    @property
    def local_address(self) -> Address:
        """The address that Asterisk sends to: `external_host`."""
        return self._address

    @property
    def last_received_at(self) -> float | None:
        """Seconds on the clock; None before the first packet."""
        return self._receiver.last_at if self._receiver else None

    def connect(self, remote: Address, on_frame: OnFrame) -> None:
        """Start reading: packets from any other address than `remote` are counted and dropped."""
        if self._receiver or self._closed:
            raise RuntimeError("an RTP transport connects once, before it is closed")
        self._remote = remote
        self._receiver = receiver = RtpReceiver(remote, self._playout, self._counters, delays=self._delays)
        sock, now = self._socket, self._clock.now

        def read() -> bool:
            try:
                datagram, source = sock.recvfrom(_LARGEST)
            except OSError:
                return False
            at = now()
            for frame in receiver.receive(datagram, source, at):
                on_frame(frame, at)
            return True

        def readable() -> None:
            last_at = receiver.last_at
            if read() and last_at is not None and (receiver.last_at or 0) - last_at > _BEHIND_S:
                for _ in range(_MOST_DRAINED):
                    if not read():
                        return

        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, readable)

    def receive(self) -> bytes | None:
        """The caller's next 20 ms out of the jitter buffer; made up, or comfort noise, where there is none."""
        return self._playout.pull()

    def send(self, frame: bytes | None) -> None:
        """One packet. A full socket buffer or an unreachable port is counted; the stream goes on."""
        try:
            self._socket.sendto(self._sender.packet(frame), self._remote)
        except OSError:
            self._counters.send_errors += 1
        else:
            self._counters.sent += 1

    def flush(self) -> None:
        """Nothing waits at Asterisk: it plays RTP as it comes."""

    def skip(self, frames: int) -> None:
        """Move the timestamps on."""
        self._unsent += frames
        self._sender.skip(frames)

    def close(self) -> TransportStatistics:
        """Stop reading and free the port."""
        if not self._closed:
            self._closed = True
            if self._loop:
                self._loop.remove_reader(self._socket)
            self._socket.close()
        return summary(self._receiver, self._playout, self._counters, self._delays.depth_frames, self._unsent)
