"""Where an Asterisk is reached: ports of the settings, and free ones where the settings say 0."""

from __future__ import annotations

import ipaddress
import random
import socket
from dataclasses import dataclass

from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.settings import Settings

PORTS_PER_CALL = 4
"""The caller's RTP and RTCP, and ExternalMedia's."""
_RTP_FIRST, _RTP_LAST = 12000, 32000
"""Free RTP ranges are taken below Linux's ephemeral ports (32768 and up)."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Hosts and ports of one running Asterisk. RTP from `rtp_start` to `rtp_end`, both included."""

    ari_host: str
    ari_port: int
    sip_host: str
    udp_port: int
    tcp_port: int
    tls_port: int
    rtp_start: int
    rtp_end: int

    @property
    def ari_url(self) -> str:
        """Base of ARI's REST interface."""
        return f"http://{self.ari_host}:{self.ari_port}/ari"


def choose_endpoints(settings: Settings) -> Endpoints:
    """Keep the ports that are set, find free ones for the rest.

    Raises `AsteriskError` when a host is no address, or the RTP ports are too few for `media.max_calls`.
    """
    asterisk, sip = settings.asterisk, settings.sip
    _check_address("asterisk.ari_host", asterisk.ari_host, any_host=False)
    _check_address("sip.host", sip.host, any_host=True)
    rtp_start, rtp_end = _rtp_range(settings)
    return Endpoints(
        ari_host=asterisk.ari_host,
        ari_port=asterisk.ari_port or free_port(asterisk.ari_host),
        sip_host=sip.host,
        udp_port=sip.udp_port or free_port(sip.host, socket.SOCK_DGRAM),
        tcp_port=sip.tcp_port or free_port(sip.host),
        tls_port=sip.tls_port or free_port(sip.host),
        rtp_start=rtp_start,
        rtp_end=rtp_end,
    )


def suits(endpoints: Endpoints, settings: Settings) -> bool:
    """Whether these are endpoints that the settings might choose: the ports that they set, any where they set none."""
    asterisk, sip = settings.asterisk, settings.sip
    wanted = (
        (endpoints.ari_port, asterisk.ari_port),
        (endpoints.udp_port, sip.udp_port),
        (endpoints.tcp_port, sip.tcp_port),
        (endpoints.tls_port, sip.tls_port),
        (endpoints.rtp_start, asterisk.rtp_start),
        (endpoints.rtp_end, asterisk.rtp_end if asterisk.rtp_start else 0),
    )
    return (
        (endpoints.ari_host, endpoints.sip_host) == (asterisk.ari_host, sip.host)
        and all(port in (has, 0) for has, port in wanted)
        and endpoints.rtp_end - endpoints.rtp_start + 1 >= PORTS_PER_CALL * settings.media.max_calls
    )


def free_port(host: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of `host` that nothing listens on now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(host: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether a port could be listened on now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _check_address(name: str, host: str, *, any_host: bool) -> None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise AsteriskError(f"{name}: expected an IPv4 address of this machine, got {host!r}") from None
    if address.is_unspecified and not any_host:
        raise AsteriskError(f"{name}: expected the one address that ARI is reached at, got {host}")


def _rtp_range(settings: Settings) -> tuple[int, int]:
    needed = PORTS_PER_CALL * settings.media.max_calls
    start, end = settings.asterisk.rtp_start, settings.asterisk.rtp_end
    if start == 0:
        start = random.randrange(_RTP_FIRST, max(_RTP_LAST - 2 * needed, _RTP_FIRST + 2), 2)  # noqa: S311 - no secret
        end = min(start + 2 * needed, 65535)
    if end - start + 1 < needed:
        raise AsteriskError(
            f"{settings.media.max_calls} calls (media.max_calls) need {needed} RTP ports; asterisk.rtp_start {start} "
            f"to asterisk.rtp_end {end} are {max(0, end - start + 1)}: widen the range or admit fewer calls"
        )
    return start, end
