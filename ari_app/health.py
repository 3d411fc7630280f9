"""What the API is told of the application: its flows, and the state of each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ari_app import ari
from ari_app.api.dependencies import CallFlow
from ari_app.api.models import Check
from ari_app.calls.desk import CallDesk
from ari_app.calls.library import FlowLibrary
from ari_app.engines import EngineState
from ari_app.engines.roster import title_of
from ari_app.store.calls import CallStore
from ivr_flows.book import FlowBook

_SHOWN = 3
"""Problems of a flows file that the health tells."""


class Catalog:
    """The flows, as the API asks for them."""

    def __init__(self, flows: Callable[[], FlowBook]) -> None:
        self._flows = flows

    def find(self, name: str) -> CallFlow | None:
        """The flow, or None."""
        return self._flows().flows.get(name)

    def names(self) -> Sequence[str]:
        """All names."""
        return list(self._flows().flows)


class Health:
    """The state of each part, for `GET /healthz`."""

    def __init__(
        self,
        client: ari.Client,
        store: CallStore,
        library: FlowLibrary,
        desk: CallDesk,
        *,
        engines: Callable[[], Sequence[EngineState]] = tuple,
        generations: Callable[[], Check | None] = lambda: None,
        prompts: Callable[[], object] = str,
    ) -> None:
        self._desk = desk
        self._engines = engines
        self._generations = generations
        self._prompts = prompts
        self._client = client
        self._store = store
        self._library = library

    async def checks(self) -> Mapping[str, Check]:
        """Each part's state."""
        connected = self._client.connected
        return {
            "ari": Check(ok=connected, detail="connected" if connected else "no connection to Asterisk"),
            "store": await self._ask_store(),
            "flows": self._flows(),
            "calls": Check(ok=True, detail=self._desk.load),
            **({"prompts": Check(ok=True, detail=figures)} if (figures := str(self._prompts())) else {}),
            **({"turns": Check(ok=True, detail=figures)} if (figures := self._desk.turns) else {}),
            **({"engines": told} if (told := self._generations()) else {}),
            **{f"{title_of(state.kind)} {state.name}": _engine(state) for state in self._engines()},
        }

    def _flows(self) -> Check:
        flows, trouble = len(self._library.current().flows), self._library.trouble
        if not trouble:
            return Check(ok=True, detail=f"{flows} flows")
        shown = "; ".join(trouble[:_SHOWN]) + (f"; and {len(trouble) - _SHOWN} more" if trouble[_SHOWN:] else "")
        return Check(ok=False, detail=f"the file is refused, the {flows} flows of before are used: {shown}")

    async def _ask_store(self) -> Check:
        try:
            await self._store.ping()
        except Exception as error:  # whatever it is, it is what the probe has to tell
            return Check(ok=False, detail=f"{type(error).__name__}: {error}")
        return Check(ok=True, detail="answers")


def _engine(state: EngineState) -> Check:
    """An engine that is left alone is no trouble of the node's while another stands in for it."""
    return Check(ok=not state.missed, detail=str(state.report))
