"""Where an Asterisk's ARI is, and the URLs of what is asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

QueryValue = str | int | float | bool | Iterable[str] | None
Query = Mapping[str, QueryValue]
"""Parameters of the query; None is left out, several are joined by commas."""


@dataclass(frozen=True, slots=True)
class Address:
    """The root of ARI, e.g. `http://127.0.0.1:8088/ari`."""

    root: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read the URL of Asterisk's HTTP server, with its prefix where it has one, with or without `/ari`.

        Raises `ValueError`.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"expected the URL of Asterisk's HTTP server, as http://127.0.0.1:8088, got {url!r}")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("expected a URL without user, query and fragment: user and password are given apart")
        path = parts.path.rstrip("/").removesuffix("/ari")
        return cls(f"{parts.scheme}://{parts.netloc}{path}/ari")

    def rest(self, path: str, query: Query | None = None) -> str:
        """The URL of a request; `path` is encoded already."""
        encoded = encode_query(query or {})
        return f"{self.root}{path}?{encoded}" if encoded else f"{self.root}{path}"

    def events(self, app: str, *, subscribe_all: bool = False) -> str:
        """The URL of the events' websocket."""
        return "ws" + self.rest("/events", {"app": app, "subscribeAll": subscribe_all}).removeprefix("http")


def encode_query(query: Query) -> str:
    """A query as Asterisk reads it: `%20` for a space, `true` and `false`, lists joined by commas."""
    return urlencode({name: _written(value) for name, value in query.items() if value is not None}, quote_via=quote)


def segment(value: str) -> str:
    """A value as one segment of a path. An empty one would address all there are: `ValueError`."""
    if not value:
        raise ValueError("expected an id, got an empty string")
    return quote(value, safe="")


def _written(value: str | int | float | bool | Iterable[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return ",".join(value)
