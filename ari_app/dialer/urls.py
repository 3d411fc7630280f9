"""Which addresses results may be sent to."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

CheckUrl = Callable[[str], None]
"""Raises `UrlRefusedError` for an address that must not be called."""
_LONGEST = 2048


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
