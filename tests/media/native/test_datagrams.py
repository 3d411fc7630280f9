"""The same for the twin in Python, and for that in C where it is built."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from media.native import datagrams
from media.native.datagrams import LARGEST, Receive, Send, receiving, sending


@pytest.fixture(params=["python", "c"])
def _twin(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(datagrams, "_native", None)
    elif datagrams._native is None:
        pytest.skip("the C twin is not built here (tools/native)")


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    return sock


@pytest.fixture
def pair(_twin: None) -> Iterator[tuple[Send, Receive, socket.socket, socket.socket]]:
    with closing(_socket()) as near, closing(_socket()) as far:
        yield sending(near, far.getsockname()), receiving(far, near.getsockname()), near, far


Pair = tuple[Send, Receive, socket.socket, socket.socket]


def test_what_is_sent_is_received_with_its_source(pair: Pair) -> None:
    send, receive, near, _ = pair
    rng = random.Random(4)
    for size in [0, 1, 12, 172, 332, LARGEST, *(rng.randrange(LARGEST) for _ in range(50))]:
        datagram = rng.randbytes(size)
        assert send(datagram)
        assert receive() == (datagram, near.getsockname())


def test_what_is_longer_than_any_packet_is_cut_off(pair: Pair) -> None:
    send, receive, _, _ = pair
    assert send(bytes(4000))
    got = receive()
    assert got is not None
    assert len(got[0]) == LARGEST


def test_nothing_waits(pair: Pair) -> None:
    assert pair[1]() is None


def test_a_stranger_is_not_taken_for_the_peer(pair: Pair) -> None:
    _, receive, near, far = pair
    with closing(_socket()) as stranger:
        stranger.sendto(b"me", far.getsockname())
        got = receive()
    assert got is not None
    assert got[0] == b"me"
    assert got[1] != near.getsockname()


def test_what_the_kernel_refuses_is_told_and_raises_nothing(pair: Pair) -> None:
    assert not pair[0](bytes(70_000)), "larger than any datagram"


@pytest.mark.usefixtures("_twin")
def test_a_peer_that_is_no_ipv4_address_is_for_python() -> None:
    with closing(_socket()) as near, closing(_socket()) as far:
        assert sending(near, ("localhost", far.getsockname()[1]))(b"hello")
        assert far.recv(10) == b"hello"
