"""Engines of the settings, made once each, in their chains, and watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ari_app.engines.budget import need_of
from ari_app.engines.making import Recipe, recipe
from ari_app.engines.starting import Wanted
from ari_app.ops.settings import Settings
from media.chain import DEFAULT, Purpose
from media.clock import Clock
from media.errors import EngineUnavailableError
from media.health import EngineHealth, HealthReport
from media.needs import Need
from media.registry import Engines as Kind
from media.watch import Watch, Watched

PATIENCE_S: Mapping[Kind, float] = {
    Kind.RECOGNISERS: 3.0,
    Kind.SYNTHESISERS: 2.5,
    Kind.MINDS: 1.8,
    Kind.LANGUAGE_IDENTIFIERS: 2.0,
}
"""Longest wait for what an engine is asked, where its model says nothing and another could still be asked: within the
deadlines of a turn, of a chunk of speech, and of an answer's meaning."""
_TITLES: Mapping[Kind, str] = {
    Kind.RECOGNISERS: "recogniser",
    Kind.SYNTHESISERS: "synthesiser",
    Kind.MINDS: "mind",
    Kind.END_OF_TURN: "end of turn",
    Kind.LANGUAGE_IDENTIFIERS: "language identifier",
    Kind.VADS: "voice activity",
}


PURPOSES: Mapping[Kind, Sequence[Purpose]] = {
    Kind.RECOGNISERS: (Purpose.LISTS, Purpose.FREE_SPEECH),
    Kind.MINDS: (Purpose.CHOICES, Purpose.TALK),
    Kind.SYNTHESISERS: (),
}
"""What an engine may be kept for by its model; to those of other kinds that says nothing."""


def title_of(kind: Kind) -> str:
    """What an engine of this kind is, in words."""
    return _TITLES.get(kind, kind.name.lower().replace("_", " "))


@dataclass(frozen=True, slots=True)
class EngineState:
    """One engine, for whoever asks how they are."""

    kind: Kind
    name: str
    report: HealthReport
    missed: bool
    """Whether it is left alone, and in some language everybody else who could stand in is, too."""


@dataclass(frozen=True, slots=True)
class Member:
    """An engine that was made, as tables show it."""

    kind: Kind
    name: str
    engine: Any
    need: Need

    @property
    def title(self) -> str:
        """What it is, and its name."""
        return f"{title_of(self.kind)} {self.name}"


@dataclass(frozen=True, slots=True)
class _Limits:
    """What an engine's health is judged by."""

    failures: int
    open_s: float
    patience_s: float
    at_once: int | None


def names_in(chains: Mapping[str, Sequence[str]]) -> list[str]:
    """Every engine of the chains once."""
    return list(dict.fromkeys(name for chain in chains.values() for name in chain))


def _holds_something(engine: Any) -> bool:
    return any(hasattr(engine, held) for held in ("start", "close", "need"))


class Roster:
    """A node's. An engine that several chains name is one engine, with one health.

    `living`: rosters whose engines are at work; what is made as it is there is not made again, but shared with them.
    """

    def __init__(self, settings: Settings, clock: Clock, living: Sequence[Roster] = ()) -> None:
        self._settings = settings
        self._clock = clock
        self._living = tuple(living)
        self._recipes: dict[tuple[Kind, str], Recipe] = {}
        self._engines: dict[tuple[Kind, str], Any] = {}
        self._needs: dict[tuple[Kind, str], Need] = {}
        self._fresh: set[tuple[Kind, str]] = set()
        self._watches: dict[tuple[Kind, str], tuple[_Limits, Watch]] = {}

    @property
    def made(self) -> list[Any]:
        """All that were made and kept, and those that are shared, once each."""
        return list({id(engine): engine for engine in self._engines.values()}.values())

    @property
    def members(self) -> list[Member]:
        """The same, with what they declare; one of two kinds stands under the first of them.

        Those that hold nothing, such as webrtcvad, are none.
        """
        firsts = {id(engine): place for place, engine in reversed(self._engines.items())}
        return [
            Member(kind, name, engine, self._need(kind, name, engine))
            for (kind, name), engine in self._engines.items()
            if firsts[id(engine)] == (kind, name) and _holds_something(engine)
        ]

    @property
    def wanted(self) -> list[Wanted]:
        """Those that are still to be loaded: none that is shared."""
        return [
            Wanted(one.title, one.engine, one.need, self._limit_s(one.name))
            for one in self.members
            if (one.kind, one.name) in self._fresh
        ]

    def loaded(self) -> None:
        """All are: from now on it stands by itself."""
        self._living = ()
        self._fresh.clear()

    def engine(self, kind: Kind, name: str) -> Any:
        """It, made at the first asking; one that is made just so for another kind is both. Raises as `recipe` does."""
        if (kind, name) not in self._engines:
            how = self.recipe(kind, name)
            alike = (self._engines.get(place) for place, made in self._recipes.items() if made == how)
            shared = next((engine for engine in alike if engine is not None), None)
            if shared is None:
                shared = next((engine for other in self._living if (engine := other.shares(kind, name, how))), None)
            if shared is None:
                self._fresh.add((kind, name))
            self._engines[kind, name] = how.make() if shared is None else shared
        return self._engines[kind, name]

    def shares(self, kind: Kind, name: str, how: Recipe) -> Any | None:
        """Its engine of this name, where that is made just so."""
        return self._engines.get((kind, name)) if self._recipes.get((kind, name)) == how else None

    def recipe(self, kind: Kind, name: str) -> Recipe:
        """How it is made. Raises `EngineUnavailableError`."""
        if (kind, name) not in self._recipes:
            self._recipes[kind, name] = recipe(kind, name, self._settings)
        return self._recipes[kind, name]

    def watched(self, kind: Kind, name: str, engine: Any) -> Watched[Any]:
        """It, with its health. Raises `EngineUnavailableError` for what such engines are not asked."""
        if (kind, name) not in self._watches:
            limits = self._limits(kind, name)
            how = self.recipe(kind, name)
            shared = next((watch for other in self._living if (watch := other.health(kind, name, how, limits))), None)
            self._watches[kind, name] = limits, shared or self._watch(name, limits)
        return Watched(engine, self._watches[kind, name][1], self._only_for(kind, name))

    def health(self, kind: Kind, name: str, how: Recipe, limits: _Limits) -> Watch | None:
        """That of its engine of this name, where that is made just so, and judged by the same."""
        if self._recipes.get((kind, name)) != how or (kind, name) not in self._watches:
            return None
        judged_by, watch = self._watches[kind, name]
        return watch if judged_by == limits else None

    def chains(self, kind: Kind, chains: Mapping[str, Sequence[str]]) -> dict[str, list[Watched[Any]]]:
        """The chains with their engines. Raises `EngineUnavailableError`."""
        return {
            language: [self.watched(kind, name, self.engine(kind, name)) for name in chain]
            for language, chain in chains.items()
        }

    def states(self) -> Iterator[EngineState]:
        """How each engine of a chain does."""
        for (kind, name), (_, watch) in self._watches.items():
            yield EngineState(kind, name, watch.report(), self._missed(kind, name))

    def _need(self, kind: Kind, name: str, engine: Any) -> Need:
        """Reckoned once: its files may go later."""
        if (kind, name) not in self._needs:
            self._needs[kind, name] = need_of(name, engine, self._settings.engines)
        return self._needs[kind, name]

    def _limit_s(self, name: str) -> float:
        model = self._settings.engines.models.get(name)
        return (model.load_s if model else None) or self._settings.engines.load_s

    def _limits(self, kind: Kind, name: str) -> _Limits:
        chosen = self._settings.engines
        model = chosen.models.get(name)
        patience_s = (model.patience_s if model else None) or PATIENCE_S[kind]
        return _Limits(chosen.breaker_failures, chosen.breaker_open_s, patience_s, model.at_once if model else None)

    def _only_for(self, kind: Kind, name: str) -> str:
        model = self._settings.engines.models.get(name)
        purpose = (model.only_for if model else None) or ""
        if not purpose or kind not in PURPOSES:
            return ""
        if purpose not in PURPOSES[kind]:
            can = " or ".join(PURPOSES[kind]) or "all that is said: leave it out"
            raise EngineUnavailableError(
                f"engines.models.{name}.only_for: a {title_of(kind)} is for {can}, not {purpose}"
            )
        return purpose

    def _watch(self, name: str, limits: _Limits) -> Watch:
        health = EngineHealth(failures=limits.failures, open_s=limits.open_s)
        return Watch(name, health, self._clock, patience_s=limits.patience_s, at_once=limits.at_once)

    def _missed(self, kind: Kind, name: str) -> bool:
        chosen = self._settings.engines
        chains = {
            Kind.RECOGNISERS: chosen.recognisers,
            Kind.SYNTHESISERS: chosen.synthesisers,
            Kind.MINDS: chosen.minds,
            Kind.LANGUAGE_IDENTIFIERS: {DEFAULT: chosen.language_identifiers},
        }[kind]
        return any(
            name in chain and all(kept[1].left_alone for one in chain if (kept := self._watches.get((kind, one))))
            for chain in chains.values()
        )
