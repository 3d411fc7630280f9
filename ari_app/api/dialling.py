"""The operators' side of dialling: the kill switch, the do-not-call list, what calls cost."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from aiohttp import web

from ari_app.api.body import parse, parse_query, read_json
from ari_app.api.callers import caller_of
from ari_app.api.dependencies import Dependencies
from ari_app.api.dialling_models import (
    BarNumbers,
    BarredPage,
    BarredQuery,
    BarredView,
    DiallingView,
    NumbersBarred,
    SetDialling,
    Spending,
    SpendingQuery,
    SpentView,
    number_of,
)
from ari_app.api.guard import AUDITED
from ari_app.api.masking import answer_to
from ari_app.api.paging import page_token, read_page_token
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.ops.logging import mask_number
from ari_app.store.policy import IMPORT, OPERATOR, Barred, Switch

_CSV = "text/csv"
_HEADINGS = frozenset({"number", "phone", "msisdn", "mobile"})
"""Of a first line that is no number."""


class Dialling:
    """Handlers of /admin/dialling, /admin/do-not-call and /admin/spending."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._policy = dependencies.store.policy

    async def show_dialling(self, request: web.Request) -> web.Response:
        """How the switch stands."""
        return answer_to(request, _switch(await self._policy.switch()))

    async def set_dialling(self, request: web.Request) -> web.Response:
        """Switch dialling off or on: once this is answered, no call begins while it is off."""
        asked = parse(SetDialling, await read_json(request))
        by = caller_of(request).name
        switch, ended = await self._policy.set_switch(on=asked.on, reason=asked.reason, by=by, stop=asked.stop)
        request[AUDITED].update(
            target="dialling", on=asked.on, reason=asked.reason, stop=str(asked.stop), ended=len(ended)
        )
        return answer_to(request, _switch(switch, ended))

    async def list_barred(self, request: web.Request) -> web.Response:
        """The do-not-call list by pages."""
        query = parse_query(BarredQuery, request)
        if query.number:
            found = await self._policy.find(_number(query.number))
            return answer_to(request, BarredPage(numbers=[_barred(found)] if found else [], next=None))
        after = read_page_token(query.page, "", 1)[0] if query.page else ""
        page = await self._policy.barred(after=after, limit=query.limit + 1)
        shown = page[: query.limit]
        token = page_token((shown[-1].number,), "") if len(page) > query.limit else None
        return answer_to(request, BarredPage(numbers=list(map(_barred, shown)), next=token))

    async def bar_numbers(self, request: web.Request) -> web.Response:
        """Put numbers on the list: JSON, or CSV whose first column they are."""
        as_csv = request.content_type == _CSV
        asked = parse(BarNumbers, {"numbers": _column(await _text(request))} if as_csv else await read_json(request))
        numbers = list(dict.fromkeys(asked.numbers))
        source = IMPORT if as_csv or len(numbers) > 1 else OPERATOR
        added = await self._policy.bar(numbers, source=source, reason=asked.reason)
        request[AUDITED].update(target="do-not-call", added=added, asked=len(numbers), reason=asked.reason)
        return answer_to(request, NumbersBarred(added=added, known=len(numbers) - added))

    async def unbar_number(self, request: web.Request) -> web.Response:
        """Take a number off the list."""
        number = _number(request.match_info["number"])
        request[AUDITED].update(target=mask_number(number))
        if not await self._policy.unbar(number):
            raise ProblemError(404, "The number is not on the do-not-call list.")
        return web.Response(status=204)

    async def show_spending(self, request: web.Request) -> web.Response:
        """What each day cost."""
        query = parse_query(SpendingQuery, request)
        if query.until < query.since:
            raise invalid([FieldError(field="until", message=f"is before since, {query.since}")])
        days = await self._policy.spent(since=query.since.isoformat(), until=query.until.isoformat())
        shown = [SpentView(day=each.day, trunk=each.trunk, paise=each.paise) for each in days]
        return answer_to(request, Spending(days=shown, paise=sum(each.paise for each in days)))


def _switch(switch: Switch, ended: Sequence[str] = ()) -> DiallingView:
    return DiallingView(on=switch.on, reason=switch.reason, by=switch.by, at=switch.at, ended=list(ended))


def _barred(entry: Barred) -> BarredView:
    return BarredView(number=entry.number, source=entry.source, reason=entry.reason, call_id=entry.call_id, at=entry.at)


def _number(text: str) -> str:
    try:
        return number_of(text)
    except ValueError as error:
        raise invalid([FieldError(field="number", message=str(error))]) from error


async def _text(request: web.Request) -> str:
    try:
        return (await request.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"The body is not UTF-8: {error.reason} at byte {error.start}.") from error


def _column(text: str) -> list[str]:
    """The first column, without a heading and empty lines."""
    cells = [row[0].strip() for row in csv.reader(text.splitlines()) if row and row[0].strip()]
    return cells[1:] if cells and cells[0].casefold() in _HEADINGS else cells
