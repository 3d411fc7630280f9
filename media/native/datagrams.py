"""A UDP socket's datagrams, one by one, without waiting: in C where that was built, and in Python otherwise.

The C twin keeps the interpreter's lock (_datagrams.c says why). A source that is not the peer's is told as such by
either; C does not spell out whose it is.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import Any

try:
    from media.native import _datagrams as _module
except ImportError:
    _native: Any = None
else:
    _native = _module

LARGEST = 2048
"""Bytes of a datagram that are taken; the rest is cut off."""
UNKNOWN = ("", 0)
"""A source that is not the peer, and not spelled out."""
Address = tuple[str, int]
Receive = Callable[[], tuple[bytes, Address] | None]
"""A datagram and its source; None where none waits."""
Send = Callable[[bytes], bool]
"""Whether the kernel took it."""


def receiving(sock: socket.socket, peer: Address) -> Receive:
    """What reads the socket's datagrams, of which those of the peer matter. Not to be called once it is closed."""
    packed = _packed(sock, peer)
    if packed is None:
        return partial(_receive, sock)
    return partial(_native.receive, sock.fileno(), packed, peer, UNKNOWN)


def sending(sock: socket.socket, peer: Address) -> Send:
    """What sends to the peer. Not to be called once the socket is closed."""
    packed = _packed(sock, peer)
    return partial(_send, sock, peer) if packed is None else partial(_native.send, sock.fileno(), packed)


def _packed(sock: object, peer: Address) -> bytes | None:
    """The peer's `sockaddr_in`; None where it has to be Python: not built, another kind of socket or of address."""
    if _native is None or not isinstance(sock, socket.socket) or sock.family != socket.AF_INET:
        return None
    try:
        return struct.pack(
            "=H2s4s8x", socket.AF_INET, peer[1].to_bytes(2, "big"), socket.inet_pton(socket.AF_INET, peer[0])
        )
    except (OSError, OverflowError):
        return None


def _receive(sock: socket.socket) -> tuple[bytes, Address] | None:
    try:
        datagram, source = sock.recvfrom(LARGEST)
    except OSError:
        return None
    return datagram, source


def _send(sock: socket.socket, peer: Address, datagram: bytes) -> bool:
    try:
        sock.sendto(datagram, peer)
    except OSError:
        return False
    return True
