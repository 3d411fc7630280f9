from __future__ import annotations

import pytest

from ari_app.dialer.addresses import Allowed
from ari_app.dialer.urls import UrlRefusedError, check_host, check_http_url, host_of


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "https://jupiter.example/voice?a=b", "http://[::1]:80/"])
def test_http_addresses_are_accepted(url: str) -> None:
    check_http_url(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://host/x", "http or https"),
        ("javascript:alert(1)", "http or https"),
        ("/callback", "no scheme"),
        ("http:///x", "no host"),
        ("http://host:99999/", "not a URL"),
        ("http://host:0/", "no host"),
        ("http://[::1/", "not a URL"),
        ("http://user:secret@host/", "user and password"),
        ("http://host/a b", "spaces"),
        ("http://host/\r\nx: y", "spaces or control"),
        ("http://host/" + "a" * 2048, "longer"),
    ],
)
def test_others_are_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(UrlRefusedError, match=why):
        check_http_url(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Jupiter.Example./x", "jupiter.example"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://[::FFFF:1]/", "::ffff:1"),
    ],
)
def test_the_host_is_the_one_that_will_be_called(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "http://１２７.0.0.1/",
        "http://localhost%2f@8.8.8.8/",
        "http://8.8.8.8\\@127.0.0.1/",
        "http://127.0.0.1%00.example/",
        "http://[fe80::1%25eth0]/",
        "http://ⓛocalhost/",
    ],
)
def test_a_host_that_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(UrlRefusedError):
        host_of(url)


@pytest.mark.parametrize(
    "host",
    ["localhost", "a.localhost", "printer.local", "metadata.google.internal", "nas.home.arpa", "127.0.0.1", "127.1"],
)
def test_this_machine_and_this_network_are_refused(host: str) -> None:
    with pytest.raises(UrlRefusedError):
        check_host(host, Allowed())


def test_public_hosts_and_those_allowed_pass() -> None:
    for host in ("jupiter.example", "8.8.8.8", "notlocalhost", "jupiter.internal", "127.0.0.1"):
        check_host(host, Allowed(["jupiter.internal", "127.0.0.1"]))
