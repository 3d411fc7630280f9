from __future__ import annotations

import pytest

from ari_app.dialer.urls import UrlRefusedError, check_http_url


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
