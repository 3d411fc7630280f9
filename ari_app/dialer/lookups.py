"""What names of hosts mean, asked of the resolver: when a call is taken, and for each connection that is made.

The connection goes to the very addresses that were checked: a name that changes its meaning in between (DNS rebinding)
gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from ari_app.dialer.addresses import Allowed, literal, refusal
from ari_app.dialer.urls import UrlRefusedError, check_host, host_of
from media.clock import Clock

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a name. Raises OSError where there are none."""
_LOOK_UP_S = 2.0
_AT_ONCE = 8
_KNOWN_S = 60.0
_MOST_KNOWN = 1000


async def resolve(host: str) -> Sequence[str]:
    """Ask the machine's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


@dataclass(frozen=True, slots=True)
class _Known:
    reason: str
    at_s: float


class CallbackHosts:
    """Judges the hosts that results are sent to; `allow`: one's own network, see `addresses.Allowed`."""

    def __init__(self, allow: Sequence[str], clock: Clock, resolve: Resolve = resolve) -> None:
        self._allowed = Allowed(allow)
        self._clock = clock
        self._resolve = resolve
        self._known: dict[str, _Known] = {}

    def check_url(self, url: str) -> None:
        """A `CheckUrl`: the text of a URL, and what `look_up` found of late."""
        host = host_of(url)
        check_host(host, self._allowed)
        known = self._fresh(host)
        if known and known.reason:
            raise UrlRefusedError(known.reason)

    async def look_up(self, urls: Iterable[str]) -> None:
        """Find out what the names in these URLs mean, for `check_url`. A name that can't be resolved now is let pass:
        it is judged again when it is called."""
        hosts = {host for url in urls if (host := self._asked(url))}
        slots = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._learn(host, slots) for host in sorted(hosts)))

    async def addresses(self, host: str) -> Sequence[str]:
        """Where a connection to a name may go. Raises `UrlRefusedError` if any of its addresses is refused."""
        found = await self._resolve(host)
        if not self._allowed.name(host.rstrip(".").lower()):
            for one in found:
                reason = refusal(ip_address(one), self._allowed)
                if reason:
                    raise UrlRefusedError(f"{host} resolves to a refused address: {reason}")
        return found

    def _asked(self, url: str) -> str:
        """The name in a URL that is to be looked up; "" for none."""
        try:
            host = host_of(url)
            check_host(host, self._allowed)
        except UrlRefusedError:
            return ""
        return "" if literal(host) is not None or self._fresh(host) else host

    async def _learn(self, host: str, slots: asyncio.Semaphore) -> None:
        reason = ""
        try:
            async with slots, asyncio.timeout(_LOOK_UP_S):
                await self.addresses(host)
        except UrlRefusedError as error:
            reason = str(error)
        except (OSError, UnicodeError):
            return
        while len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[host] = _Known(reason, self._clock.now())

    def _fresh(self, host: str) -> _Known | None:
        known = self._known.get(host)
        return known if known and self._clock.now() - known.at_s < _KNOWN_S else None


class CheckedResolver(AbstractResolver):
    """aiohttp's resolver: gives the addresses that were checked, as numbers, or refuses."""

    def __init__(self, hosts: CallbackHosts) -> None:
        self._hosts = hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in await self._hosts.addresses(host)
        ]

    async def close(self) -> None:
        """Nothing is held."""
