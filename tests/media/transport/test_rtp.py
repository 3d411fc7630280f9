from __future__ import annotations

import asyncio
import time

import pytest

from media.audio.g711 import ALAW, ULAW
from media.clock import MonotonicClock
from media.rtp.packet import RtpPacket, parse
from media.transport.protocol import TransportError
from media.transport.rtp import NoPortError, RtpPorts, RtpTransport, answer_of, open_port
from tests.media.fakes import VOICED


def port_of(transport: RtpTransport) -> tuple[str, int]:
    """Where it waits for RTP."""
    host, _, port = transport.request.external_host.partition(":")
    return host, int(port)


class Peer:
    """Asterisk's side, on a real socket."""

    def __init__(self) -> None:
        self.sock = open_port()
        self.address: tuple[str, int] = self.sock.getsockname()

    def send(self, to: tuple[str, int], number: int) -> None:
        self.sock.sendto(bytes(RtpPacket(8, number, number * 160, 77, ALAW.encode(VOICED))), to)

    async def receive(self) -> RtpPacket:
        async with asyncio.timeout(5):
            return parse(await asyncio.get_running_loop().sock_recv(self.sock, 2048))


async def test_frames_go_both_ways_over_real_sockets() -> None:
    peer, transport = Peer(), RtpTransport(open_port(), MonotonicClock(), jitter_ms=20)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await transport.attach(answer_of(peer.address))
    transport.start(lambda frame, _: heard.put_nowait(frame))
    transport.send(None)
    transport.send(VOICED)
    first, second = await peer.receive(), await peer.receive()
    assert (first.marker, second.marker) == (False, True)
    assert ALAW.decode(second.payload) == ALAW.decode(ALAW.encode(VOICED))
    async with asyncio.timeout(5):
        for number in range(3):
            peer.send(port_of(transport), number)
            assert await heard.get() == ALAW.decode(ALAW.encode(VOICED))
    assert [transport.receive() is None for _ in range(9)] == [True, *[False] * 3, *[False] * 3, True, True]
    counts = transport.close()
    assert (counts.received, counts.sent, counts.lost) == (3, 2, 0)
    assert transport.close() == counts
    peer.sock.close()


async def test_a_stranger_is_counted_and_not_heard() -> None:
    peer, stranger = Peer(), Peer()
    transport = RtpTransport(open_port(), MonotonicClock())
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await transport.attach(answer_of(peer.address))
    transport.start(lambda frame, _: heard.put_nowait(frame))
    stranger.send(port_of(transport), 1)
    peer.send(port_of(transport), 1)
    async with asyncio.timeout(5):
        await heard.get()
    assert heard.empty()
    assert transport.close().wrong_source == 1
    peer.sock.close()
    stranger.sock.close()


async def test_what_waited_through_a_stall_is_read_at_once() -> None:
    peer, transport = Peer(), RtpTransport(open_port(), MonotonicClock())
    heard: list[bytes] = []
    many = asyncio.Event()

    def hear(frame: bytes, _: float) -> None:
        heard.append(frame)
        many.set()

    await transport.attach(answer_of(peer.address))
    transport.start(hear)
    async with asyncio.timeout(5):
        peer.send(port_of(transport), 0)
        await many.wait()
        many.clear()
        time.sleep(0.05)  # noqa: ASYNC251
        for number in range(1, 6):
            peer.send(port_of(transport), number)
        await many.wait()
    assert len(heard) == 6, "one wake-up reads them all"
    transport.close()
    peer.sock.close()


async def test_a_closed_peer_costs_nothing_but_packets() -> None:
    peer, transport = Peer(), RtpTransport(open_port(), MonotonicClock())
    peer.sock.close()
    await transport.attach(answer_of(peer.address))
    transport.start(lambda *_: None)
    for _ in range(5):
        transport.send(None)
        await asyncio.sleep(0)
    counts = transport.close()
    assert counts.sent + counts.send_errors == 5


async def test_the_port_is_free_again_after_close() -> None:
    transport = RtpTransport(open_port(), MonotonicClock())
    host, port = port_of(transport)
    transport.close()
    again = open_port(host, range(port, port + 1))
    assert again.getsockname() == (host, port)
    again.close()


def test_ports_are_even_and_their_range_is_kept() -> None:
    taken = open_port()
    port = taken.getsockname()[1]
    assert port % 2 == 0
    with pytest.raises(NoPortError, match="no even UDP port is free"):
        open_port("127.0.0.1", range(port, port + 2))
    taken.close()


def test_a_host_that_is_not_ours_says_why() -> None:
    with pytest.raises(NoPortError, match=r"can't bind UDP on 192\.0\.2\.1"):
        open_port("192.0.2.1")


async def test_a_transport_connects_once() -> None:
    transport = RtpTransport(open_port(), MonotonicClock())
    await transport.attach(answer_of(("127.0.0.1", 9)))
    transport.start(lambda *_: None)
    with pytest.raises(RuntimeError, match="once"):
        await transport.attach(answer_of(("127.0.0.1", 9)))
        transport.start(lambda *_: None)
    transport.close()


@pytest.mark.parametrize("variables", [{}, {"UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1", "UNICASTRTP_LOCAL_PORT": "x"}])
async def test_a_channel_without_an_address_is_of_no_use(variables: dict[str, str]) -> None:
    transport = RtpPorts(MonotonicClock()).open()
    with pytest.raises(TransportError, match="expected UNICASTRTP_LOCAL_ADDRESS"):
        await transport.attach(variables)
    transport.close()


async def test_it_asks_for_a_channel_that_sends_to_its_port() -> None:
    transport = RtpPorts(MonotonicClock(), codec=ULAW).open()
    request = transport.request
    assert (request.transport, request.encapsulation, request.format) == ("udp", "rtp", "ulaw")
    assert request.external_host.startswith("127.0.0.1:")
    await transport.drained()
    assert not transport.lost
    transport.close()
