"""What `mercury models list` shows: the catalogue and what else was fetched, who uses what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ari_app.models.catalogue import CATALOGUE, Model
from ari_app.models.places import MODEL
from ari_app.models.shelf import Shelf, State
from ari_app.ops.engine_settings import EngineSettings


@dataclass(frozen=True, slots=True)
class Row:
    """One model."""

    name: str
    kind: str
    engine: str
    size_bytes: int
    licence: str
    terms: str
    gated: bool
    languages: tuple[str, ...]
    good_for: str
    source: str
    fetched: State
    commit: str
    path: str
    used_by: tuple[str, ...]
    """Chains, such as "recognisers.hi: ears"."""


def rows(cache_dir: Path, engines: EngineSettings) -> list[Row]:
    """The catalogue in its order, then what else is on the shelf."""
    shelf, used = Shelf.of(cache_dir), users(engines)
    others = [name for name in shelf.fetched() if name not in CATALOGUE]
    known = [_known(model, shelf, cache_dir, used) for model in CATALOGUE.values()]
    return known + [_other(name, shelf, used) for name in others]


def users(engines: EngineSettings) -> Mapping[str, Sequence[str]]:
    """By what they call their model: the chains that hold an engine with it."""
    used: dict[str, list[str]] = {}
    for chain, name in _members(engines):
        chosen = engines.models.get(name)
        model = chosen.options.get(MODEL) if chosen else None
        entry = chosen.engine if chosen else name
        used.setdefault(str(model or _only_model_of(entry)), []).append(f"{chain}: {name}")
    return used


def _only_model_of(entry: str) -> str:
    """What an engine loads where settings name no model: the catalogue's, if it has one alone for it."""
    found = [model.name for model in CATALOGUE.values() if model.engine == entry]
    return found[0] if len(found) == 1 else entry


def _members(engines: EngineSettings) -> Iterator[tuple[str, str]]:
    for kind in ("recognisers", "synthesisers", "minds"):
        for language, chain in getattr(engines, kind).items():
            yield from ((f"{kind}.{language}", name) for name in chain)
    for kind in ("end_of_turn", "language_identifiers"):
        yield from ((kind, name) for name in getattr(engines, kind))


def _known(model: Model, shelf: Shelf, cache_dir: Path, used: Mapping[str, Sequence[str]]) -> Row:
    if model.wheel:
        path = model.wheel.path(cache_dir)
        state, commit, source = (State.WHOLE if path.is_file() else State.ABSENT), "", model.wheel.requirement
    else:
        path, state, commit = shelf.path(model.name), shelf.state(model.name), _commit(shelf, model.name)
        source = ", ".join(f"{source.repository}@{source.revision}" for source in model.sources)
    return Row(
        model.name,
        model.kind,
        model.engine,
        model.size_bytes,
        model.licence.name,
        model.licence.terms,
        model.gated,
        model.languages,
        model.good_for,
        source,
        state,
        commit,
        str(path) if state is State.WHOLE else "",
        _used(model.name, path, used),
    )


def _other(name: str, shelf: Shelf, used: Mapping[str, Sequence[str]]) -> Row:
    kept, state, path = shelf.manifest(name), shelf.state(name), shelf.path(name)
    return Row(
        name,
        "other",
        "",
        kept.size_bytes if kept else 0,
        kept.licence if kept else "unknown",
        "",
        gated=False,
        languages=(),
        good_for="",
        source=", ".join(origin.repository for origin in kept.origins) if kept else "",
        fetched=state,
        commit=_commit(shelf, name),
        path=str(path) if state is State.WHOLE else "",
        used_by=_used(name, path, used),
    )


def _commit(shelf: Shelf, name: str) -> str:
    kept = shelf.manifest(name)
    return ", ".join(origin.commit for origin in kept.origins) if kept else ""


def _used(name: str, path: Path, used: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return (*used.get(name, ()), *used.get(str(path), ()))
