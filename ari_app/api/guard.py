"""What stands around every request: errors as problems, a deadline, the bearer token."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy.exc import SQLAlchemyError

from ari_app.api.problem import ProblemError, from_http, response
from ari_app.ops.logging import get_logger

_log = get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


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


def deadline(seconds: float) -> Middleware:
    """A limit for reading and answering a request."""

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            async with asyncio.timeout(seconds):
                return await handler(request)
        except TimeoutError as error:
            if not request.content.is_eof():
                raise ProblemError(408, f"The request did not arrive whole in {seconds:g} s.") from error
            raise ProblemError(503, f"There was no answer in {seconds:g} s.", headers={"Retry-After": "1"}) from error

    return limit


def bearer(token: str, open_paths: frozenset[str]) -> Middleware:
    """Ask for the token everywhere but at `open_paths`; compared in constant time."""
    expected = token.encode()

    @web.middleware
    async def authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in open_paths:
            scheme, _, given = request.headers.get("Authorization", "").partition(" ")
            good = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), expected)
            if scheme.lower() != "bearer" or not good:
                raise ProblemError(
                    401, "Expected Authorization: Bearer and the API's token.", headers={"WWW-Authenticate": "Bearer"}
                )
        return await handler(request)

    return authorise
