"""Who did what over the API, for operators."""

from __future__ import annotations

from aiohttp import web

from ari_app.api.body import parse_query
from ari_app.api.dependencies import Dependencies
from ari_app.api.masking import answer_to
from ari_app.api.models import AuditPage, AuditQuery, AuditView
from ari_app.api.paging import page_token, read_page_token
from ari_app.store.audit import AuditRecord


class Auditing:
    """The handler of /admin/audit."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def show_audit(self, request: web.Request) -> web.Response:
        """The audit's lines, the newest first, page by page."""
        query = parse_query(AuditQuery, request)
        filters = query.model_dump_json(exclude={"limit", "page"})
        before = int(read_page_token(query.page, filters, 1)[0]) if query.page else None
        found = await self._to.store.audit.page(
            before=before, limit=query.limit + 1, actor=query.actor, target=query.target
        )
        shown = found[: query.limit]
        token = page_token((str(shown[-1].id),), filters) if len(found) > query.limit else None
        return answer_to(request, AuditPage(lines=list(map(_view, shown)), next=token))


def _view(record: AuditRecord) -> AuditView:
    line = record.line
    return AuditView(
        at=line.at,
        actor=line.actor,
        action=line.action,
        target=line.target,
        status=line.status,
        remote=line.remote,
        data=dict(line.data),
    )
