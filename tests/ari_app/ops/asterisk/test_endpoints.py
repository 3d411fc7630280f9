"""Ports: those that are set are kept, free ones are found for the rest."""

import socket
from ipaddress import IPv4Address

import pytest

from ari_app.ops.asterisk.endpoints import choose_endpoints, free_port, is_free
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.settings import Settings

_ANY = str(IPv4Address(0))


def test_set_ports_are_kept_and_others_found() -> None:
    chosen = choose_endpoints(Settings.model_validate({"sip": {"tcp_port": 0}, "asterisk": {"ari_port": 8088}}))
    assert (chosen.ari_url, chosen.udp_port, chosen.rtp_start) == ("http://127.0.0.1:8088/ari", 5060, 10000)
    assert chosen.tcp_port > 1023


def test_a_free_rtp_range_is_wide_enough_and_begins_even() -> None:
    settings = Settings.model_validate({"asterisk": {"rtp_start": 0}, "media": {"max_calls": 50}})
    for _ in range(20):
        chosen = choose_endpoints(settings)
        assert chosen.rtp_end - chosen.rtp_start >= 200
        assert chosen.rtp_start % 2 == 0


def test_too_few_rtp_ports_are_refused() -> None:
    settings = Settings.model_validate({"asterisk": {"rtp_start": 10000, "rtp_end": 10099}})
    with pytest.raises(AsteriskError, match="800 RTP ports"):
        choose_endpoints(settings)


@pytest.mark.parametrize(
    "changes",
    [{"sip": {"host": "pbx.example"}}, {"asterisk": {"ari_host": "localhost"}}, {"asterisk": {"ari_host": _ANY}}],
)
def test_hosts_are_addresses(changes: dict[str, dict[str, str]]) -> None:
    with pytest.raises(AsteriskError, match="address"):
        choose_endpoints(Settings.model_validate(changes))


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_taken_port_is_not_free(kind: socket.SocketKind) -> None:
    port = free_port("127.0.0.1", kind)
    assert is_free("127.0.0.1", port, kind)
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        assert not is_free("127.0.0.1", port, kind)
