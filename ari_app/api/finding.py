"""The call that a path names."""

from __future__ import annotations

from aiohttp import web

from ari_app.api.dependencies import Dependencies
from ari_app.api.problem import ProblemError
from ari_app.store.records import CallRecord


async def found_call(to: Dependencies, request: web.Request) -> CallRecord:
    """The call, or a 404 problem."""
    call_id = request.match_info["id"]
    call = await to.store.get(call_id)
    if call is None:
        raise ProblemError(404, f"There is no call {call_id}.")
    return call
