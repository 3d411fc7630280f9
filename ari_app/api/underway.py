"""Requests of one idempotency key that come at once: the first one is carried out, the others get its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


class StillRunningError(Exception):
    """The first request of the key has no answer yet."""


class OtherRequestError(Exception):
    """The key is under way with another request."""


@dataclass(frozen=True, slots=True)
class _First(Generic[_T]):
    request_hash: str
    answer: asyncio.Future[_T | None]
    """None: it failed, and the next one may try."""


class Underway(Generic[_T]):
    """The keys whose requests are under way in this process. What was answered before is in the records."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._first: dict[str, _First[_T]] = {}

    async def answer(self, key: str, request_hash: str, work: Callable[[], Awaitable[_T]]) -> tuple[_T, bool]:
        """What `work` gives, or gave to the first request of this key that is under way; and whether it did so before.

        Raises `StillRunningError` when the first one takes longer than the patience, `OtherRequestError` when it is
        another request, and whatever `work` raises.
        """
        if not key:
            return await work(), False
        while first := self._first.get(key):
            if first.request_hash != request_hash:
                raise OtherRequestError(f"idempotency key {key!r} is under way with another request")
            if (answer := await self._answer_of(first)) is not None:
                return answer, True
        return await self._carry_out(key, request_hash, work), False

    async def _answer_of(self, first: _First[_T]) -> _T | None:
        done, _ = await asyncio.wait({first.answer}, timeout=self._patience_s)
        if not done:
            raise StillRunningError
        return first.answer.result()

    async def _carry_out(self, key: str, request_hash: str, work: Callable[[], Awaitable[_T]]) -> _T:
        first = self._first[key] = _First(request_hash, asyncio.get_running_loop().create_future())
        answer: _T | None = None
        try:
            answer = await work()
        finally:
            del self._first[key]
            first.answer.set_result(answer)
        return answer
