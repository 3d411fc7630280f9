"""Which network addresses results may be sent to: pure.

Only what is on the public internet, and what the settings allow as one's own. Refused are the blocks of IANA's special
purpose registries (RFC 6890 and its successors), and IPv6 addresses that carry a refused IPv4 one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local, where clouds keep their metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "reserved",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::1/128": "loopback",
    "::/128": "this host",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "2001::/23": "reserved",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
}
_REFUSED = tuple((ip_network(network), name) for network, name in _SPECIAL.items())
_PUBLIC_6 = IPv6Network("2000::/3")
_CARRIERS = ((IPv6Network("::ffff:0:0/96"), 0), (IPv6Network("64:ff9b::/96"), 0), (IPv6Network("2002::/16"), 80))
"""Networks whose addresses carry an IPv4 one (mapped, NAT64, 6to4), and how far from their end."""
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class Allowed:
    """One's own network: addresses, networks (CIDR) and host names that results may be sent to all the same."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self._networks: list[Network] = []
        self._names: set[str] = set()
        for entry in entries:
            try:
                self._networks.append(ip_network(entry))
            except ValueError:
                self._names.add(_host_name(entry))

    def name(self, host: str) -> bool:
        """Whether a host may be called wherever it is."""
        return host in self._names

    def address(self, address: Address) -> bool:
        """Whether an address is one's own."""
        return any(address in network for network in self._networks)


def refusal(address: Address, allowed: Allowed) -> str:
    """What speaks against an address; "" when it may be called."""
    if allowed.address(address):
        return ""
    carried = _carried(address)
    if carried is not None:
        inner = refusal(carried, allowed)
        return f"{inner} (within {address})" if inner else ""
    for network, name in _REFUSED:
        if address in network:
            return f"{address} is {name}"
    if isinstance(address, IPv6Address) and address not in _PUBLIC_6:
        return f"{address} is not a public address"
    return ""


def _carried(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv6Address):
        for network, shift in _CARRIERS:
            if address in network:
                return IPv4Address((int(address) >> shift) & 0xFFFF_FFFF)
    return None


def _host_name(entry: str) -> str:
    name = entry.strip().rstrip(".").lower()
    if not _NAME.fullmatch(name) or name.replace(".", "").isdecimal():
        raise ValueError(f"expected an address, a network (10.0.0.0/8) or a host name, got {entry!r}")
    return name


def literal(host: str) -> Address | None:
    """The address that a URL's host spells out; None for a name. Raises ValueError for one that is neither.

    A host whose last label is a number is an address to resolvers (WHATWG URL, section 3.5), in notations that filters
    overlook: 127.1, 0x7f000001, 017700000001. Only the usual one is taken.
    """
    if ":" in host:
        return ip_address(host)
    last = host.rpartition(".")[2]
    if last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last):
        return IPv4Address(host)
    if not _NAME.fullmatch(host):
        raise ValueError("is no host name")
    return None
