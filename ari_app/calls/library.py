"""The flows that new calls are taken with: looked for edits while calls go on, and changed only for the better.

An edited file is loaded and checked off the loop, its prompts rendered, its examples learned and its versions kept;
then new calls get it. Calls that run keep what they began with. A file with mistakes changes nothing but the alarm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.understanding import Understanding
from ari_app.ops.file_digest import FileDigest
from ari_app.ops.logging import get_logger
from ivr_flows.book import FlowBook
from ivr_flows.loader import load_flows
from ivr_flows.problems import FlowError
from media.errors import EngineError

_log = get_logger(__name__)
_POLL_S = 1.0
_AGAIN_POLLS = 5
"""Refused flows are looked at again after so many polls: what they lacked, a sound file perhaps, may be there now."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Flows, and a mind that knows what is said in them."""

    book: FlowBook
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class FlowChange:
    """A flow before and after: hashes, "" where there is none."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether it is another version now."""
        return self.before != self.after

    def __str__(self) -> str:
        return f"{self.name} {self.before or 'new'} → {self.after or 'gone'}"


Publish = Callable[[FlowBook], Awaitable[Edition]]
"""Makes all ready for calls with these flows."""


class FlowLibrary:
    """The current edition, and how it is replaced. `taken`: the files' digest when the first one was read."""

    def __init__(
        self,
        path: Path,
        first: Edition,
        publish: Publish,
        *,
        taken: str = "",
        load: Callable[[Path], FlowBook] = load_flows,
        poll_s: float = _POLL_S,
    ) -> None:
        self._path = path
        self._edition = first
        self._publish = publish
        self._load = load
        self._poll_s = poll_s
        self._digest = FileDigest()
        self._files: tuple[Path, ...] = files_of(first.book, path)
        self._taken = taken
        self._seen = ""
        self._polls = 0
        self._one_at_a_time = asyncio.Lock()
        self.trouble: tuple[str, ...] = ()
        """Why the file as it stands is refused; empty when all is well."""

    def current(self) -> FlowBook:
        """The flows of new calls."""
        return self._edition.book

    def edition(self) -> Edition:
        """The flows of new calls, and what understands their callers."""
        return self._edition

    async def watch(self) -> None:
        """Look for edits until cancelled."""
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self.look()
            except FlowError:
                continue
            except Exception as error:  # a task root: the next look may go better
                _log.exception("flows.not_watched", error=str(error))

    async def look(self) -> None:
        """Take an edit that has settled: one that two looks in a row saw alike. Raises `FlowError` for a bad one."""
        seen = await asyncio.to_thread(self._digest.of, self._files)
        settled, self._seen = seen == self._seen, seen
        self._taken = self._taken or seen
        self._polls += 1
        again = bool(self.trouble) and self._polls % _AGAIN_POLLS == 0
        if again or (settled and seen != self._taken):
            await self.reload()

    async def reload(self) -> Sequence[FlowChange]:
        """Take the file as it stands: every flow before and after. Raises `FlowError`; then all stays as it was."""
        async with self._one_at_a_time:
            self._taken = await asyncio.to_thread(self._digest.of, self._files)
            try:
                book = await asyncio.to_thread(self._load, self._path)
                await self._watch_only(files_of(book, self._path))
                edition = await self._publish(book)
            except FlowError as error:
                self._watch_too(error)
                self._refuse(tuple(map(str, error.problems)))
                raise
            except (SQLAlchemyError, EngineError, OSError) as error:
                self._refuse((f"{type(error).__name__}: {error}",))
                raise
            return self._take(edition)

    async def renew(self, publish: Publish, taken: Callable[[], None]) -> None:
        """Have the same flows made ready by others (new engines). `taken` is called as they become those of new calls.

        Raises as `publish` does; then all stays as it was.
        """
        async with self._one_at_a_time:
            self._edition = await publish(self._edition.book)
            taken()

    def _take(self, edition: Edition) -> Sequence[FlowChange]:
        before, self._edition = self._edition.book, edition
        if self.trouble:
            self.trouble = ()
            _log.info("flows.mended", file=str(self._path))
        changes = _changes(before, edition.book)
        told = [str(change) for change in changes if change.changed]
        if told or _besides(before) != _besides(edition.book):
            _log.info("flows.taken", file=str(self._path), changed=told)
        return changes

    def _refuse(self, trouble: tuple[str, ...]) -> None:
        self._polls = 0
        if trouble != self.trouble:
            self.trouble = trouble
            _log.error("flows.refused", file=str(self._path), problems=list(trouble), kept=len(self.current().flows))

    async def _watch_only(self, files: tuple[Path, ...]) -> None:
        if files != self._files:
            self._files, self._taken = files, await asyncio.to_thread(self._digest.of, files)

    def _watch_too(self, error: FlowError) -> None:
        """Also what was included, and is wrong, is looked at."""
        named = (Path(problem.file) for problem in error.problems)
        files = tuple(dict.fromkeys((*self._files, *named)))
        if files != self._files:
            self._files, self._taken = files, ""


def files_of(book: FlowBook, path: Path) -> tuple[Path, ...]:
    """The files that flows were read from."""
    return book.files or (path,)


def _besides(book: FlowBook) -> FlowBook:
    """Routes and hours, without the flows."""
    return replace(book, flows={}, files=())


def _changes(before: FlowBook, after: FlowBook) -> list[FlowChange]:
    names = dict.fromkeys((*before.flows, *after.flows))
    return [FlowChange(name, _hash(before, name), _hash(after, name)) for name in names]


def _hash(book: FlowBook, name: str) -> str:
    return book.flows[name].hash if name in book.flows else ""
