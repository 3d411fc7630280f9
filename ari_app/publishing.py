"""Flows and engines, made ready for each other before calls get them, whichever of the two is new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ari_app.calls.apology import Apologies, rendered
from ari_app.calls.library import Edition, FlowLibrary
from ari_app.calls.understanding import Understanding
from ari_app.engines import Engines, Generations
from ari_app.ops.settings import Settings
from ari_app.store.calls import CallStore
from ivr_flows.book import FlowBook


class Publishing:
    """A node's. `read`: the flows of the start, and the digest of their files then; `load` reads them again."""

    def __init__(
        self,
        settings: Settings,
        store: CallStore,
        generations: Generations,
        *,
        read: tuple[FlowBook, str],
        load: Callable[[Path], FlowBook],
    ) -> None:
        self._settings = settings
        self._store = store
        self._generations = generations
        book, taken = read
        self.library = FlowLibrary(
            settings.flows,
            Edition(book, Understanding(generations.current.engines.minds)),
            lambda edited: self._edition(generations.current.engines, edited),
            taken=taken,
            load=load,
        )
        """The flows of new calls."""
        self.apologies = Apologies({})
        """What callers hear for whom there is no room."""

    async def begin(self) -> None:
        """The engines of the start know the flows of the start: keep their versions, render the apologies."""
        await self._store.versions.keep(self.library.current().flows.values(), datetime.now(UTC))
        await self._apologise(self._generations.current.engines)

    async def take(self, engines: Engines, taken: Callable[[], None]) -> None:
        """Teach other engines the flows, render what they say; `taken` is called as they become those of new calls."""
        await self.library.renew(lambda book: self._edition(engines, book), taken)
        await self._apologise(engines)

    async def _edition(self, engines: Engines, book: FlowBook) -> Edition:
        """Make all ready for calls with these flows; their versions are kept before any call is stamped with them."""
        understanding = Understanding(await engines.learn(book))
        await self._store.versions.keep(book.flows.values(), datetime.now(UTC))
        return Edition(book, understanding)

    async def _apologise(self, engines: Engines) -> None:
        """In the languages of the flows that routes lead to, where the settings want words rather than a busy tone."""
        calls = self._settings.calls
        if calls.overload == "busy":
            return
        languages = {flow.languages[0] for flow in self.library.current().flows.values()}
        folder = self._settings.run_dir.absolute() / "apologies"
        self.apologies.replace(await rendered(engines.voice, languages, calls.apology, folder))
