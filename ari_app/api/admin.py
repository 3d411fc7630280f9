"""The operators' side of the API: what goes on, and whether all is well."""

from __future__ import annotations

import asyncio

from aiohttp import web

from ari_app.api.answers import answer
from ari_app.api.dependencies import Dependencies
from ari_app.api.models import ActiveCall, ActiveCalls, Check, FlowsTaken, FlowVersion, Health
from ari_app.api.problem import FieldError, ProblemError
from ari_app.ops.logging import mask_number
from ari_app.store.records import CallRecord
from ivr_flows.problems import FlowError

_PROBE_S = 3.0


class Admin:
    """Handlers of /admin and /healthz."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def active(self, _request: web.Request) -> web.Response:
        """The calls that have not ended."""
        calls = await self._to.store.list_active()
        return answer(ActiveCalls(calls=[self._active(call) for call in calls]))

    async def reload_flows(self, _request: web.Request) -> web.Response:
        """Take the flows file as it stands; 422 with its problems, and the flows of before stay."""
        try:
            changes = await self._to.reload_flows()
        except FlowError as error:
            problems = [FieldError(field=f"{p.file}:{p.line}:{p.column}", message=p.message) for p in error.problems]
            raise ProblemError(422, "The flows file has mistakes; the flows of before stay.", errors=problems) from None
        taken = [FlowVersion(name=one.name, before=one.before, after=one.after) for one in changes]
        return answer(FlowsTaken(flows=taken))

    async def reload_engines(self, _request: web.Request) -> web.Response:
        """Load what is new in the settings' engines; 422 where it can't be had or does not fit: the old stay."""
        return answer(await self._to.engines.reload(), status=202)

    async def show_engines(self, _request: web.Request) -> web.Response:
        """The engines that there are, and the calls that have them."""
        return answer(self._to.engines.told())

    async def health(self, _request: web.Request) -> web.Response:
        """Each part's state; 503 unless all are well."""
        try:
            async with asyncio.timeout(_PROBE_S):
                checks = dict(await self._to.health())
        except TimeoutError:
            checks = {"probe": Check(ok=False, detail=f"no answer in {_PROBE_S:g} s")}
        health = Health(ok=all(check.ok for check in checks.values()), checks=checks)
        return answer(health, status=200 if health.ok else 503)

    def _active(self, call: CallRecord) -> ActiveCall:
        shown = (lambda number: number) if self._to.reveal else mask_number
        return ActiveCall(
            id=call.id,
            direction=call.direction,
            status=call.status,
            flow=call.flow,
            language=call.language,
            to=shown(call.to),
            caller=shown(call.caller),
            node=call.node,
            created_at=call.created_at,
            answered_at=call.answered_at,
        )
