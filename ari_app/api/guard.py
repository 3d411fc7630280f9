"""What stands around every request: errors as problems, a deadline, the token and its scope, rates, the audit."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy.exc import SQLAlchemyError

from ari_app.api.callers import CALLER, Callers
from ari_app.api.problem import ProblemError, from_http, response
from ari_app.api.rates import Bucket, Grant, Rate
from ari_app.api.route import READING, Route
from ari_app.ops.logging import get_logger, mask_number
from ari_app.store.audit import Audit, AuditLine
from media.clock import Clock

_log = get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Find = Callable[[web.Request], Route | None]
"""The operation that a request is for; None where there is none."""
AUDITED: web.RequestKey[dict[str, object]] = web.RequestKey("audited", dict)
"""Facts that a handler adds to the audit's line: never a number in full. `target` says what it was about."""
_AUDIT_S = 1.0
"""Longest that an answer waits for its line."""
_GRANT = web.RequestKey("grant", tuple[str, Rate, Grant])


def finder(routes: Sequence[Route]) -> Find:
    """Finds a request's operation."""
    table = {(route.method, route.path): route for route in routes}

    def find(request: web.Request) -> Route | None:
        resource = request.match_info.route.resource
        return table.get((request.method, resource.canonical)) if resource else None

    return find


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem; nothing of ours leaks out of an unexpected one."""
    try:
        return await handler(request)
    except ProblemError as error:
        return response(error)
    except web.HTTPException as error:
        return response(from_http(error))
    except SQLAlchemyError as error:
        _log.error("api.store_away", path=request.path, error=str(error))
        return response(ProblemError(503, "The call records can't be reached.", headers={"Retry-After": "1"}))
    except Exception:  # the request's root
        _log.exception("api.failed", method=request.method, path=request.path)
        return response(ProblemError(500, "Something went wrong here; it has been logged."))


def deadline(seconds: float, find: Find) -> Middleware:
    """A limit for reading and answering a request, but for answers that last."""

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = find(request)
        if route and route.streams:
            return await handler(request)
        try:
            async with asyncio.timeout(seconds):
                return await handler(request)
        except TimeoutError as error:
            if not request.content.is_eof():
                raise ProblemError(408, f"The request did not arrive whole in {seconds:g} s.") from error
            raise ProblemError(503, f"There was no answer in {seconds:g} s.", headers={"Retry-After": "1"}) from error

    return limit


def identified(callers: Callers, open_paths: frozenset[str]) -> Middleware:
    """Ask for a token everywhere but at `open_paths`."""

    @web.middleware
    async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in open_paths:
            caller = callers.find(request.headers.get("Authorization", ""))
            if caller is None:
                raise ProblemError(
                    401,
                    "Expected Authorization: Bearer and a token of the API.",
                    headers={"WWW-Authenticate": "Bearer"},
                )
            request[CALLER] = caller
        return await handler(request)

    return identify


def permitted(find: Find) -> Middleware:
    """Refuse what the token does not let its bearer do."""

    @web.middleware
    async def permit(request: web.Request, handler: Handler) -> web.StreamResponse:
        route, caller = find(request), request.get(CALLER)
        if route and caller and not (route.open or caller.may(route.scope)):
            raise ProblemError(
                403,
                f"This needs the scope {route.scope}; {caller.name}'s token has {', '.join(sorted(caller.scopes))}.",
            )
        return await handler(request)

    return permit


def paced(reads: Rate, writes: Rate, clock: Clock) -> Middleware:
    """Hold each token to its rates; what it may still ask is told by `rate_headers`."""
    buckets: dict[tuple[str, str], Bucket] = {}

    @web.middleware
    async def pace(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (caller := request.get(CALLER)) is None:
            return await handler(request)
        kind, rate = ("reads", reads) if request.method in READING else ("writes", writes)
        now = clock.now()
        bucket = buckets.setdefault((caller.name, kind), Bucket(rate, now))
        grant = bucket.take(now)
        request[_GRANT] = (kind, rate, grant)
        if not grant.granted:
            wait_s = math.ceil(grant.wait_s)
            raise ProblemError(
                429,
                f"Expected at most {rate.per_s:g} {kind} a second from {caller.name}, {rate.burst} at once.",
                headers={"Retry-After": str(wait_s)},
            )
        return await handler(request)

    return pace


def rate_headers(request: web.Request) -> dict[str, str]:
    """What the bearer may still ask: RateLimit fields (draft-ietf-httpapi-ratelimit-headers-10)."""
    if (found := request.get(_GRANT)) is None:
        return {}
    kind, rate, grant = found
    full_s = math.ceil((rate.burst - grant.left) / rate.per_s)
    return {
        "RateLimit-Policy": f'"{kind}";q={rate.burst};w={math.ceil(rate.burst / rate.per_s)}',
        "RateLimit": f'"{kind}";r={grant.left};t={full_s}',
    }


def audited(audit: Audit, wall: Callable[[], datetime], find: Find) -> Middleware:
    """Write a line for each action, before it is answered. Its answer stands even if the line can't be written."""

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        route, caller = find(request), request.get(CALLER)
        if route is None or caller is None or request.method in READING:
            return await handler(request)
        facts = request[AUDITED] = {}
        answer = await handler(request)
        if answer.status == 429:
            return answer
        target = str(facts.pop("target", "") or _named(request))[:255]
        line = AuditLine(wall(), caller.name, route.operation_id, target, answer.status, request.remote or "", facts)
        with suppress(TimeoutError, SQLAlchemyError):  # the line is still written, or its loss logged
            async with asyncio.timeout(_AUDIT_S):
                await audit.note(line)
        return answer

    return note


def _named(request: web.Request) -> str:
    """What the path names; a number is not kept in full."""
    names = request.match_info.items()
    return "/".join(mask_number(value) if name == "number" else value for name, value in names)
