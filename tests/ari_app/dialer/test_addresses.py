from __future__ import annotations

from ipaddress import ip_address

import pytest

from ari_app.dialer.addresses import Allowed, literal, refusal

NOBODY = Allowed()


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert not refusal(ip_address(address), NOBODY)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.1.2.3", "this host"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "metadata"),
        ("100.64.0.1", "carrier"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("198.18.0.1", "benchmarks"),
        ("::1", "loopback"),
        ("::", "this host"),
        ("fe80::1", "link-local"),
        ("fd00:ec2::254", "private"),
        ("ff02::1", "multicast"),
        ("2001::1", "reserved"),
        ("2001:db8::1", "documentation"),
        ("::127.0.0.1", "not a public address"),
        ("64:ff9b:1::7f00:1", "not a public address"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "metadata"),
        ("64:ff9b::a00:1", "private"),
        ("2002:7f00:1::1", "loopback"),
    ],
)
def test_all_others_are_refused_for_what_they_are(address: str, why: str) -> None:
    assert why in refusal(ip_address(address), NOBODY)


def test_ones_own_network_is_allowed_and_nothing_beside_it() -> None:
    own = Allowed(["10.20.0.0/16", "127.0.0.1", "fd12::/16", "Jupiter.Internal."])
    for address in ("10.20.3.4", "127.0.0.1", "fd12::9", "::ffff:10.20.3.4"):
        assert not refusal(ip_address(address), own)
    for address in ("10.21.0.1", "127.0.0.2", "fd13::9"):
        assert refusal(ip_address(address), own)
    assert own.name("jupiter.internal")
    assert not own.name("saturn.internal")


@pytest.mark.parametrize("entry", ["", "10.0.0.0/33", "10.0.0.1/8", "1.2.3", "a b", "http://host", "*.internal"])
def test_an_entry_that_means_nothing_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        Allowed([entry])


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "a.0x", "-a"]
)
def test_odd_notations_of_addresses_are_neither(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        literal(host)


def test_names_and_addresses_are_told_apart() -> None:
    assert literal("jupiter.example") is None
    assert literal("xn--p1b6ci4b4b3a.example") is None
    assert literal("1.2.3.4") == ip_address("1.2.3.4")
    assert literal("::1") == ip_address("::1")
