"""POST /api/voice/call/initiate: one call, or a batch in one commit; a repeated key gives the answer of before."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from ari_app.api.answers import answer
from ari_app.api.asking import InitiateCall, InitiateCalls
from ari_app.api.body import digest, parse, read_json
from ari_app.api.calling import CallAccepted, CallsAccepted
from ari_app.api.checks import Key, checked
from ari_app.api.dependencies import Dependencies
from ari_app.api.guard import AUDITED
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.api.underway import OtherRequestError, StillRunningError, Underway
from ari_app.api.views import links
from ari_app.store.batch import BatchConflictError
from ari_app.store.calls import IdempotencyConflictError
from ari_app.store.records import CallRecord, NewCall, Status

_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_LONGEST_OF_BATCH = 240
"""A batch's key has the calls' places added; with a space, which no key of a caller's has."""
_PATIENCE_S = 5.0
"""How long a request waits for another one of its key, before it is told that this is still running."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Calls that are on record, and what is answered and audited of them."""

    body: CallAccepted | CallsAccepted
    facts: Mapping[str, object]
    replayed: bool
    """All of them were so before."""


class Initiation:
    """The handler. `most`: calls in one request."""

    def __init__(self, dependencies: Dependencies, most: int) -> None:
        self._to = dependencies
        self._most = most
        self._underway = Underway[_Taken](_PATIENCE_S)
        self._handing: set[asyncio.Task[None]] = set()

    async def initiate(self, request: web.Request) -> web.Response:
        """Record calls, then have them made. Answers once they are committed."""
        key = _idempotency_key(request)
        body = await read_json(request)
        whole = digest(body)
        take = self._many if isinstance(body, dict) and "calls" in body else self._one
        try:
            taken, again = await self._underway.answer(key, whole, partial(take, body, Key(key, whole)))
        except OtherRequestError as error:
            raise invalid([FieldError(field=_HEADER, message=str(error))]) from error
        except StillRunningError as error:
            detail = "A request with this Idempotency-Key is still running: ask again for its answer."
            raise ProblemError(409, detail, headers={"Retry-After": "1"}) from error
        replayed = taken.replayed or again
        request[AUDITED] |= {**taken.facts, "replayed": replayed}
        headers = {"Idempotent-Replayed": "true"} if replayed else {}
        if isinstance(taken.body, CallAccepted):
            headers["Location"] = taken.body.links.self
        return answer(taken.body, status=202, headers=headers)

    async def _one(self, body: Any, key: Key) -> _Taken:
        asked = parse(InitiateCall, body)
        await self._to.look_up([asked.callback_url or ""])
        new = checked(self._to, asked, key)
        if not isinstance(new, NewCall):
            raise invalid(new)
        try:
            call = await self._to.store.create(new)
        except IdempotencyConflictError as error:
            raise invalid([FieldError(field=_HEADER, message=str(error))]) from error
        if call.status is Status.QUEUED:
            await self._to.enqueue(call.id)
        return _Taken(_accepted(call.id), {"target": call.id, "flow": call.flow}, replayed=call.id != new.id)

    async def _many(self, body: Any, key: Key) -> _Taken:
        asked = parse(InitiateCalls, body).calls
        if len(asked) > self._most:
            raise invalid([FieldError(field="calls", message=f"expected at most {self._most}, got {len(asked)}")])
        await self._to.look_up({one.callback_url or "" for one in asked})
        new = self._all_checked(asked, _keys(key, [one.idempotency_key for one in asked], body["calls"]))
        try:
            calls = await self._to.store.create_many(new)
        except BatchConflictError as error:
            field = _HEADER if key.value else f"calls.{error.index}.idempotency_key"
            raise invalid([FieldError(field=field, message=str(error))]) from error
        self._hand_over(calls)
        accepted = CallsAccepted(calls=[_accepted(call.id) for call in calls])
        replayed = all(call.id != one.id for call, one in zip(calls, new, strict=True))
        return _Taken(accepted, {"target": calls[0].id, "calls": len(calls)}, replayed)

    def _all_checked(self, asked: Sequence[InitiateCall], keys: Sequence[Key]) -> Sequence[NewCall]:
        new, errors = [], []
        for index, (one, key) in enumerate(zip(asked, keys, strict=True)):
            found = checked(self._to, one, key)
            if isinstance(found, NewCall):
                new.append(found)
            else:
                errors += [error.model_copy(update={"field": f"calls.{index}.{error.field}"}) for error in found]
        if errors:
            raise invalid(errors)
        return new

    def _hand_over(self, calls: Sequence[CallRecord]) -> None:
        """Queue them behind the answer's back: they are committed, and what is not queued here the sweep finds."""
        queued = sorted((call for call in calls if call.status is Status.QUEUED), key=lambda call: call.rank)
        task = asyncio.create_task(self._enqueue([call.id for call in queued]), name="queue a batch")
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    async def _enqueue(self, ids: Sequence[str]) -> None:
        for call_id in dict.fromkeys(ids):
            await self._to.enqueue(call_id)


def _keys(whole: Key, own: Sequence[str], bodies: Sequence[Any]) -> list[Key]:
    """Each call's key and the hash that goes with it: of its own body, or of the batch that has one key."""
    if not whole.value:
        return [Key(key, digest(body)) for key, body in zip(own, bodies, strict=True)]
    if any(own):
        message = "expected the header, or keys of the calls' own, not both"
        raise invalid([FieldError(field=_HEADER, message=message)])
    if len(whole.value) > _LONGEST_OF_BATCH:
        message = f"expected at most {_LONGEST_OF_BATCH} characters for a batch"
        raise invalid([FieldError(field=_HEADER, message=message)])
    return [Key(f"{whole.value} {index}", whole.request_hash) for index in range(len(own))]


def _accepted(call_id: str) -> CallAccepted:
    return CallAccepted(id=call_id, status=Status.QUEUED, links=links(call_id))


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get(_HEADER, "")
    if key and not _KEY.fullmatch(key):
        raise invalid([FieldError(field=_HEADER, message="expected 1 to 255 visible ASCII characters")])
    return key
