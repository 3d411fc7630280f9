"""Asterisk, its modules, the ports and the trunks."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

from ari_app.ops.asterisk.endpoints import PORTS_PER_CALL, is_free
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.install import find_asterisk
from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.asterisk.modules import choose_modules
from ari_app.ops.asterisk.process import running_pid
from ari_app.ops.asterisk.render import split_port
from ari_app.ops.doctor.check import Check, fail, ok, warn
from ari_app.ops.settings import ExotelSettings, Settings

_TCP, _UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


def check_telephony(settings: Settings) -> Iterator[Check]:
    """Each thing in turn."""
    if settings.asterisk.managed:
        yield from check_asterisk(settings)
        yield from check_ports(settings)
        yield check_rtp_ports(settings)
    yield from check_exotel(settings)
    yield check_test_trunk(settings)


def check_asterisk(settings: Settings) -> Iterator[Check]:
    """The program, its modules and sounds, and the test phones."""
    try:
        installation = find_asterisk(settings.cache_dir, settings.asterisk)
    except AsteriskError as error:
        yield fail("Asterisk", str(error), "set asterisk.program to another, or to nothing and run make asterisk")
        return
    if installation is None:
        yield warn(
            "Asterisk", "none that is new enough on this machine", "run make asterisk: one is fetched, without root"
        )
        return
    yield ok("Asterisk", f"{installation.version}, {installation.command('asterisk')[-1]}")
    yield _check_files(installation)
    yield from (_check_program(installation, name) for name in ("sipp", "baresip"))


def check_ports(settings: Settings) -> Iterator[Check]:
    """Ports that are set must be free, unless it is our own Asterisk that holds them."""
    sip, asterisk, api = settings.sip, settings.asterisk, settings.api
    ours = running_pid((settings.run_dir / "asterisk").absolute())
    for name, host, port, kind in (
        ("asterisk.ari_port", asterisk.ari_host, asterisk.ari_port, _TCP),
        ("sip.udp_port", sip.host, sip.udp_port, _UDP),
        ("sip.tcp_port", sip.host, sip.tcp_port, _TCP),
        ("sip.tls_port", sip.host, sip.tls_port, _TCP),
        ("api.port", api.host, api.port, _TCP),
    ):
        if port == 0:
            yield ok(name, "a free one is chosen at start")
        elif is_free(host, port, kind):
            yield ok(name, f"{host}:{port} is free")
        elif ours:
            yield ok(name, f"{host}:{port} is in use while Mercury runs (its Asterisk is process {ours})")
        else:
            yield fail(name, f"{host}:{port} is taken, or no address of this machine", f"set {name} to another, or 0")


def check_rtp_ports(settings: Settings) -> Check:
    """Asterisk crashes when it runs out of RTP ports (asterisk#1757)."""
    start, end = settings.asterisk.rtp_start, settings.asterisk.rtp_end
    needed = PORTS_PER_CALL * settings.media.max_calls
    if start == 0:
        return ok("RTP ports", f"{2 * needed} are chosen at start")
    found = f"{start} to {end}; {settings.media.max_calls} calls need {needed}"
    if end - start + 1 < needed:
        return fail("RTP ports", found, "widen asterisk.rtp_start to asterisk.rtp_end, or lower media.max_calls")
    return ok("RTP ports", found)


def check_exotel(settings: Settings) -> Iterator[Check]:
    """All or nothing of its settings; edges that resolve; an address that Exotel can reach."""
    exotel = settings.exotel
    needed = {"account_sid": exotel.account_sid, "exophone": exotel.exophone, "edges": exotel.edges}
    missing = [f"exotel.{name}" for name, value in needed.items() if not value]
    if len(missing) == len(needed):
        yield ok("Exotel", "off: no settings")
        return
    if missing:
        yield fail("Exotel", f"off: {', '.join(missing)} not set", "set all of exotel.account_sid, exophone and edges")
        return
    yield ok("Exotel", f"{exotel.transport} to {', '.join(exotel.edges)}")
    yield from _check_edges(exotel)
    if _is_loopback(settings.sip.host) and not all(_is_loopback(edge) for edge in exotel.edges):
        yield fail(
            "SIP address",
            f"sip.host is {settings.sip.host}: Exotel can't reach it",
            "set sip.host to this host's address",
        )


def check_test_trunk(settings: Settings) -> Check:
    """Whoever may call in over it gets Mercury without any password."""
    trunk = settings.test_trunk
    if not trunk.enabled:
        return ok("test trunk", "off")
    outside = [network for network in trunk.allow if not _is_loopback(network)]
    if outside:
        return warn("test trunk", f"open to {', '.join(outside)}", "set test_trunk.enabled to false in production")
    return ok("test trunk", f"open to {', '.join(trunk.allow)} only")


def _check_files(installation: Installation) -> Check:
    try:
        modules = choose_modules(installation.modules_dir)
        sounds = installation.sounds_dir
    except AsteriskError as error:
        return fail("Asterisk's files", str(error), "install all of Asterisk, and its English core sounds")
    return ok("Asterisk's files", f"{len(modules)} modules, sounds in {sounds}")


def _check_program(installation: Installation, name: str) -> Check:
    try:
        return ok(name, installation.command(name)[-1])
    except AsteriskError:
        return warn(name, "not here: the demo and the tests need it", "run make asterisk: it is fetched, without root")


def _check_edges(exotel: ExotelSettings) -> Iterator[Check]:
    for edge in exotel.edges:
        host, port = split_port(edge)
        try:
            socket.getaddrinfo(host, port or None)
        except OSError as error:
            yield fail("Exotel's edge", f"{host} does not resolve: {error.strerror}", "mend exotel.edges, or the DNS")
    if not exotel.allow:
        yield warn(
            "Exotel's addresses",
            "exotel.allow is empty: calls are taken from the edges only",
            "set what Exotel gave you",
        )


def _is_loopback(network: str) -> bool:
    try:
        return ipaddress.ip_network(split_port(network)[0], strict=False).is_loopback
    except ValueError:
        return network == "localhost"
