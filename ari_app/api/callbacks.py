"""The operators' side of results: what became of callbacks, the dead letters, and sending them again."""

from __future__ import annotations

import json
from datetime import datetime

from aiohttp import web

from ari_app.api.body import parse, parse_query, read_json
from ari_app.api.callback_models import (
    CallbackDetail,
    CallbackLine,
    CallbackPage,
    CallbackQuery,
    DeliveryView,
    EnableEndpoint,
    EndpointEnabled,
    Endpoints,
    EndpointView,
    ResendCallbacks,
    Resent,
)
from ari_app.api.dependencies import Dependencies
from ari_app.api.guard import AUDITED
from ari_app.api.masking import answer_to
from ari_app.api.paging import page_token, read_page_token
from ari_app.api.problem import ProblemError
from ari_app.store.outbox import Filter
from ari_app.store.records import CallbackRecord

_MOST = 1000


class Callbacks:
    """Handlers of /admin/callbacks and /admin/endpoints."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._store = dependencies.store

    async def list_callbacks(self, request: web.Request) -> web.Response:
        """Callbacks by pages, newest first."""
        query = parse_query(CallbackQuery, request)
        filters = query.model_dump_json(exclude={"page", "limit"})
        before = _place(query.page, filters) if query.page else None
        which = Filter(
            statuses=[query.status] if query.status else (),
            type=query.type,
            call_id=query.call_id,
            url=query.url,
            since=query.created_after,
            until=query.created_before,
        )
        found = await self._store.outbox.page(which, limit=query.limit + 1, before=before)
        shown = found[: query.limit]
        last = shown[-1] if len(found) > query.limit else None
        following = page_token((last.created_at.isoformat(), last.id), filters) if last else None
        return answer_to(request, CallbackPage(callbacks=list(map(_line, shown)), next=following))

    async def show_callback(self, request: web.Request) -> web.Response:
        """One, with what is sent and every attempt."""
        callback_id = request.match_info["id"]
        callback = await self._store.callback(callback_id)
        if callback is None:
            raise _unknown(callback_id)
        made = [
            DeliveryView(at=one.at, http_status=one.http_status, error=one.error, took_ms=one.took_ms)
            for one in await self._store.deliveries(callback_id)
        ]
        shown = CallbackDetail(**_line(callback).model_dump(), body=json.loads(callback.body), deliveries=made)
        return answer_to(request, shown)

    async def resend_callback(self, request: web.Request) -> web.Response:
        """Send one again, whatever became of it; one that is pending stays as it is."""
        callback_id = request.match_info["id"]
        callback = await self._store.outbox.resend(callback_id)
        if callback is None:
            raise _unknown(callback_id)
        return answer_to(request, _line(callback), status=202)

    async def resend_callbacks(self, request: web.Request) -> web.Response:
        """Send dead letters again."""
        asked = parse(ResendCallbacks, await read_json(request))
        which = Filter(
            type=asked.type,
            call_id=asked.call_id,
            url=asked.url,
            since=asked.created_after,
            until=asked.created_before,
        )
        ids = await self._store.outbox.resend_dead(which, limit=asked.limit)
        request[AUDITED] |= {"resent": len(ids)}
        return answer_to(request, Resent(ids=list(ids)), status=202)

    async def list_endpoints(self, request: web.Request) -> web.Response:
        """The addresses that asked for no more."""
        found = await self._store.outbox.disabled()
        shown = [EndpointView(url=one.url, disabled_at=one.disabled_at, reason=one.reason) for one in found]
        return answer_to(request, Endpoints(endpoints=shown))

    async def enable_endpoint(self, request: web.Request) -> web.Response:
        """Send to an address again, its dead letters first."""
        asked = parse(EnableEndpoint, await read_json(request))
        if not await self._store.outbox.enable(asked.url):
            raise ProblemError(404, "This address is not disabled: see /admin/endpoints.")
        which = Filter(url=asked.url)
        ids = await self._store.outbox.resend_dead(which, limit=_MOST) if asked.resend else []
        request[AUDITED] |= {"target": asked.url, "resent": len(ids)}
        return answer_to(request, EndpointEnabled(url=asked.url, resent=list(ids)))


def _line(callback: CallbackRecord) -> CallbackLine:
    return CallbackLine(**{name: getattr(callback, name) for name in CallbackLine.model_fields})


def _unknown(callback_id: str) -> ProblemError:
    return ProblemError(404, f"There is no callback {callback_id}.")


def _place(token: str, filters: str) -> tuple[datetime, str]:
    at, callback_id = read_page_token(token, filters, 2)
    return datetime.fromisoformat(at), callback_id
