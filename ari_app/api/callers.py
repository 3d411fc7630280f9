"""Who asks: the bearers of tokens, and what each may do and see."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ari_app.ops.scopes import ALL, Scope
from ari_app.ops.secrets import Secrets
from ari_app.ops.settings import ApiSettings


@dataclass(frozen=True, slots=True)
class Caller:
    """The bearer of a token."""

    name: str
    token: str = field(repr=False)
    scopes: Collection[Scope] = ALL
    masked: bool = False
    """Sees numbers masked, wherever they stand."""

    def may(self, scope: Scope) -> bool:
        """Whether the token lets its bearer do so."""
        return scope in self.scopes


CALLER = web.RequestKey("caller", Caller)
"""Where a request has its caller, once its token was found good."""


def caller_of(request: web.Request) -> Caller:
    """Who asks, on a route that needs a token."""
    return request[CALLER]


def callers_of(settings: ApiSettings, secrets: Secrets) -> Sequence[Caller]:
    """The bearers that the settings name."""
    return [
        Caller(name, secrets.api_tokens[name], frozenset(each.scopes), each.masked)
        for name, each in settings.tokens.items()
    ]


class Callers:
    """All who may ask."""

    def __init__(self, callers: Sequence[Caller]) -> None:
        self._callers = [(caller, caller.token.encode()) for caller in callers]

    def find(self, authorization: str) -> Caller | None:
        """Whose token an Authorization header bears; each is compared in constant time."""
        scheme, _, given = authorization.partition(" ")
        token = given.strip().encode("utf-8", "surrogateescape")
        found = [caller for caller, expected in self._callers if hmac.compare_digest(token, expected)]
        return found[0] if found and scheme.lower() == "bearer" else None
