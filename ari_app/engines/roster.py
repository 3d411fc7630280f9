"""Engines of the settings, made once each, in their chains, and watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ari_app.engines.making import Recipe, recipe
from ari_app.ops.settings import Settings
from media.clock import Clock
from media.health import EngineHealth, HealthReport
from media.registry import Engines as Kind
from media.watch import Watch, Watched

PATIENCE_S: Mapping[Kind, float] = {Kind.RECOGNISERS: 3.0, Kind.SYNTHESISERS: 2.5, Kind.MINDS: 1.8}
"""Longest wait for what an engine is asked, where its model says nothing and another could still be asked: within the
deadlines of a turn, of a chunk of speech, and of an answer's meaning."""


@dataclass(frozen=True, slots=True)
class EngineState:
    """One engine, for whoever asks how they are."""

    kind: Kind
    name: str
    report: HealthReport
    missed: bool
    """Whether it is left alone, and in some language everybody else who could stand in is, too."""


def names_in(chains: Mapping[str, Sequence[str]]) -> list[str]:
    """Every engine of the chains once."""
    return list(dict.fromkeys(name for chain in chains.values() for name in chain))


class Roster:
    """A node's. An engine that several chains name is one engine, with one health."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._recipes: dict[tuple[Kind, str], Recipe] = {}
        self._engines: dict[tuple[Kind, str], Any] = {}
        self._watches: dict[tuple[Kind, str], Watch] = {}

    @property
    def made(self) -> list[Any]:
        """All that were made and kept."""
        return list(self._engines.values())

    def engine(self, kind: Kind, name: str) -> Any:
        """It, made at the first asking. Raises `EngineUnavailableError`."""
        if (kind, name) not in self._engines:
            self._engines[kind, name] = self.recipe(kind, name).make()
        return self._engines[kind, name]

    def recipe(self, kind: Kind, name: str) -> Recipe:
        """How it is made. Raises `EngineUnavailableError`."""
        if (kind, name) not in self._recipes:
            self._recipes[kind, name] = recipe(kind, name, self._settings)
        return self._recipes[kind, name]

    def watched(self, kind: Kind, name: str, engine: Any) -> Watched[Any]:
        """It, with its health."""
        chosen = self._settings.engines
        if (kind, name) not in self._watches:
            model = chosen.models.get(name)
            self._watches[kind, name] = Watch(
                name,
                EngineHealth(failures=chosen.breaker_failures, open_s=chosen.breaker_open_s),
                self._clock,
                patience_s=(model.patience_s if model else None) or PATIENCE_S[kind],
            )
        return Watched(engine, self._watches[kind, name])

    def chains(self, kind: Kind, chains: Mapping[str, Sequence[str]]) -> dict[str, list[Watched[Any]]]:
        """The chains with their engines. Raises `EngineUnavailableError`."""
        return {
            language: [self.watched(kind, name, self.engine(kind, name)) for name in chain]
            for language, chain in chains.items()
        }

    def states(self) -> Iterator[EngineState]:
        """How each engine of a chain does."""
        for (kind, name), watch in self._watches.items():
            yield EngineState(kind, name, watch.report(), self._missed(kind, name))

    def _missed(self, kind: Kind, name: str) -> bool:
        chosen = self._settings.engines
        chains = {
            Kind.RECOGNISERS: chosen.recognisers,
            Kind.SYNTHESISERS: chosen.synthesisers,
            Kind.MINDS: chosen.minds,
        }[kind]
        return any(
            name in chain and not any(watch.ready for one in chain if (watch := self._watches.get((kind, one))))
            for chain in chains.values()
        )
