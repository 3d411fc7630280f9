"""RTP over UDP, for ExternalMedia's `encapsulation=rtp,transport=udp`: the socket around a pure session."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping

from media.audio.codecs.protocol import Codec
from media.audio.g711 import ALAW
from media.clock import Clock
from media.native.datagrams import Send, receiving, sending
from media.rtp.delay import DelayEstimator
from media.rtp.jitter import JitterBuffer
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver, RtpSender
from media.transport.protocol import Address, MediaRequest, OnFrame, PathState, TransportError, TransportStatistics
from media.transport.summary import summary

LOCAL_ADDRESS, LOCAL_PORT = "UNICASTRTP_LOCAL_ADDRESS", "UNICASTRTP_LOCAL_PORT"
"""The variables in which Asterisk says where its own RTP is."""
_EPHEMERAL_TRIES = 64
_BEHIND_S = 0.03
"""A gap this long may be ours: what waits in the socket is read at once, or it would become lasting delay."""
_MOST_DRAINED = 32


class NoPortError(TransportError):
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


def answered(variables: Mapping[str, str]) -> Address:
    """Where an ExternalMedia channel takes RTP, by its variables. Raises `TransportError`."""
    host, port = variables.get(LOCAL_ADDRESS), variables.get(LOCAL_PORT, "")
    if host and port.isdigit():
        return host, int(port)
    raise TransportError(f"expected {LOCAL_ADDRESS} and {LOCAL_PORT} of the ExternalMedia channel, got {variables!r}")


def answer_of(address: Address) -> dict[str, str]:
    """The variables of a channel that takes RTP there: for whoever stands in for Asterisk."""
    return {LOCAL_ADDRESS: address[0], LOCAL_PORT: str(address[1])}


def _nowhere(_: bytes) -> bool:
    """There is no peer yet, or no socket any more."""
    return False


class RtpTransport:
    """One leg's socket. Packets are read as they come (one a wake-up, all after a gap), and sent by the ticker."""

    def __init__(
        self, sock: socket.socket, clock: Clock, *, jitter_ms: int = 40, most_jitter_ms: int = 200, codec: Codec = ALAW
    ) -> None:
        self.request = MediaRequest("udp", "rtp", "{}:{}".format(*sock.getsockname()), codec.name)
        self.lost = False
        """UDP does not tell."""
        self._socket = sock
        self._clock = clock
        self._counters = Counters()
        self._playout = Playout(JitterBuffer(jitter_ms))
        self._delays = DelayEstimator(jitter_ms, most_jitter_ms)
        self._sender = RtpSender(codec, secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))
        self._receiver: RtpReceiver | None = None
        self._stop_reading: Callable[[socket.socket], object] | None = None
        self._remote: Address = ("", 0)
        self._send: Send = _nowhere
        self._unsent = 0
        self._closed = False

    @property
    def last_received_at(self) -> float | None:
        """Seconds on the clock; None before the first packet."""
        return self._receiver.last_at if self._receiver else None

    async def attach(self, answer: Mapping[str, str]) -> None:
        """Note where Asterisk's RTP is."""
        self._remote = answered(answer)
        self._send = sending(self._socket, self._remote)

    def start(self, on_frame: OnFrame) -> None:
        """Start reading: packets from any other address than Asterisk's are counted and dropped."""
        if self._receiver or self._closed:
            raise RuntimeError("an RTP transport starts once, before it is closed")
        self._receiver = receiver = RtpReceiver(self._remote, self._playout, self._counters, delays=self._delays)
        sock, now = self._socket, self._clock.now
        take = receiving(sock, self._remote)

        def read() -> bool:
            got = take()
            if got is None:
                return False
            datagram, source = got
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

        loop = asyncio.get_running_loop()
        self._stop_reading = loop.remove_reader
        loop.add_reader(sock, readable)

    @property
    def path(self) -> PathState:
        """How the caller's audio comes just now."""
        return PathState(self._delays.depth_frames, self._counters.late, self._playout.concealed)

    def receive(self) -> bytes | None:
        """The caller's next 20 ms out of the jitter buffer; made up, or comfort noise, where there is none."""
        return self._playout.pull()

    def send(self, frame: bytes | None) -> None:
        """One packet. A full socket buffer or an unreachable port is counted; the stream goes on."""
        if self._send(self._sender.packet(frame)):
            self._counters.sent += 1
        else:
            self._counters.send_errors += 1

    def flush(self) -> None:
        """Nothing waits at Asterisk: it plays RTP as it comes."""

    def skip(self, frames: int) -> None:
        """Move the timestamps on."""
        self._unsent += frames
        self._sender.skip(frames)

    async def drained(self) -> None:
        """What was sent is as good as played."""

    def close(self) -> TransportStatistics:
        """Stop reading and free the port."""
        if not self._closed:
            self._closed = True
            if self._stop_reading:
                self._stop_reading(self._socket)
            self._send = _nowhere
            self._socket.close()
        return summary(self._receiver, self._playout, self._counters, self._delays.depth_frames, self._unsent)


class RtpPorts:
    """Opens the transports of all calls, each on a port of its own. `ports` are those that may be used; None: any."""

    def __init__(
        self,
        clock: Clock,
        *,
        host: str = "127.0.0.1",
        ports: Iterable[int] | None = None,
        jitter_ms: int = 40,
        codec: Codec = ALAW,
    ) -> None:
        self._clock = clock
        self._host = host
        self._ports = None if ports is None else tuple(ports)
        self._jitter_ms = jitter_ms
        self._codec = codec

    def open(self) -> RtpTransport:
        """A leg's transport. Raises `NoPortError`."""
        return RtpTransport(
            open_port(self._host, self._ports), self._clock, jitter_ms=self._jitter_ms, codec=self._codec
        )

    async def close(self) -> None:
        """They share nothing."""
