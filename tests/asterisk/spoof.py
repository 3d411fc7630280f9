"""Datagrams with another's source address, over a raw socket (Linux; needs CAP_NET_RAW)."""

from __future__ import annotations

import socket
import struct

Address = tuple[str, int]


class Spoofer:
    """Sends UDP as if from `source`. Raises `PermissionError` where raw sockets are not allowed."""

    def __init__(self, source: Address, to: Address) -> None:
        self._source, self._to = source, to
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        self._socket.bind((source[0], 0))

    def send(self, payload: bytes) -> None:
        """One datagram. A checksum of 0 is none (RFC 768)."""
        header = struct.pack("!HHHH", self._source[1], self._to[1], 8 + len(payload), 0)
        self._socket.sendto(header + payload, (self._to[0], 0))

    def close(self) -> None:
        self._socket.close()
