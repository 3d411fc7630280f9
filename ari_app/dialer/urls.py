"""Which URLs results may be sent to, as far as their text tells: pure. What their names resolve to: `lookups`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from yarl import URL

from ari_app.dialer.addresses import Allowed, literal, refusal

CheckUrl = Callable[[str], None]
"""Raises `UrlRefusedError` for an address that must not be called."""
_LONGEST = 2048
_OWN = frozenset({"localhost", "local", "localdomain", "internal", "home.arpa", "ip6-localhost", "ip6-loopback"})
"""Names, with all below them, that mean this machine or this network (RFC 6761, 6762, 8375, 9476)."""


class UrlRefusedError(ValueError):
    """An address that results may not be sent to; the text says why."""


def check_http_url(url: str) -> None:
    """Accept absolute http and https addresses with a host, without user and password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlRefusedError(f"not a URL: {error}") from error
    if len(url) > _LONGEST:
        raise UrlRefusedError(f"longer than {_LONGEST} characters")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UrlRefusedError("has spaces or control characters")
    if parts.scheme not in ("http", "https"):
        raise UrlRefusedError(f"expected http or https, got {parts.scheme or 'no scheme'}")
    if not parts.hostname or port == 0:
        raise UrlRefusedError("names no host")
    if parts.username is not None or parts.password is not None:
        raise UrlRefusedError("must not carry a user and password")


def host_of(url: str) -> str:
    """The host of an acceptable URL, as it will be called. Raises `UrlRefusedError`.

    Two readers of one URL may see two hosts; what they do not agree on is refused.
    """
    check_http_url(url)
    host = (urlsplit(url).hostname or "").rstrip(".")
    if "\\" in url or not host.isascii() or "%" in host:
        raise UrlRefusedError("its host must be plain ASCII (names in other scripts as xn--…)")
    try:
        called = (URL(url).raw_host or "").rstrip(".")
    except ValueError as error:
        raise UrlRefusedError(f"not a URL: {error}") from error
    if called.lower() != host:
        raise UrlRefusedError(f"its host can be read in two ways: {host} and {called}")
    return host


def check_host(host: str, allowed: Allowed) -> None:
    """Refuse hosts that are, or are known to mean, this machine or a private network. Raises `UrlRefusedError`."""
    try:
        address = literal(host)
    except ValueError:
        raise UrlRefusedError(f"{host} is neither a name nor an address as a.b.c.d") from None
    if address is not None:
        reason = refusal(address, allowed)
        if reason:
            raise UrlRefusedError(_own(reason))
    elif not allowed.name(host) and any(host == own or host.endswith(f".{own}") for own in _OWN):
        raise UrlRefusedError(_own(f"{host} is this machine or this network"))


def _own(reason: str) -> str:
    return f"{reason}; results go to public addresses, and to those that dialer.callback_allow names"
