"""The engines that the settings use, and those of them that a person names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ari_app.engines.lessons import examples_of
from ari_app.engines.making import recipe
from ari_app.models.errors import ModelError
from ari_app.models.places import MODEL
from ari_app.ops.engine_settings import DEFAULT
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from media.errors import EngineUnavailableError
from media.registry import Engines as Kind

LANGUAGES = ("en", "hi", "mr")


@dataclass(frozen=True, slots=True)
class InUse:
    """An engine of a chain, the languages that it is asked in, and whether it is asked first in each of them."""

    kind: Kind
    name: str
    model: str
    """What the settings call its model; "" where they name none."""
    languages: Mapping[str, bool]


def in_use(settings: Settings, names: Sequence[str] = ()) -> list[InUse]:
    """All of them, or those whose own name or model's name is among `names`. Raises `ModelError` for a name of none."""
    every = list(_every(settings))
    known = {one.name for one in every} | {one.model for one in every if one.model}
    if unknown := [name for name in names if name not in known]:
        raise ModelError(f"expected engines of the settings: {', '.join(sorted(known))}; got {', '.join(unknown)}")
    return [one for one in every if not names or {one.name, one.model} & set(names)]


def made(one: InUse, settings: Settings, book: FlowBook | None) -> Any:
    """The engine, not started. `book` teaches those that learn. Raises `EngineUnavailableError`."""
    how = recipe(one.kind, one.name, settings)
    if not how.learns:
        return how.make()
    examples = examples_of(book) if book else {}
    if not examples:
        raise EngineUnavailableError(f"{one.name} learns from the flows' examples: {settings.flows} has none")
    return how.make(examples=examples)


def learns(one: InUse, settings: Settings) -> bool:
    """Whether it is made from the flows; not where it can't be made at all."""
    try:
        return recipe(one.kind, one.name, settings).learns
    except EngineUnavailableError:
        return False


def _every(settings: Settings) -> Iterator[InUse]:
    chosen = settings.engines
    chains: Mapping[Kind, Mapping[str, Sequence[str]]] = {
        Kind.RECOGNISERS: chosen.recognisers,
        Kind.SYNTHESISERS: chosen.synthesisers,
        Kind.MINDS: chosen.minds,
        Kind.END_OF_TURN: {DEFAULT: chosen.end_of_turn},
        Kind.LANGUAGE_IDENTIFIERS: {DEFAULT: chosen.language_identifiers},
        Kind.VADS: {DEFAULT: (chosen.vad,)},
    }
    for kind, by_language in chains.items():
        asked: dict[str, dict[str, bool]] = {}
        for language in LANGUAGES:
            for place, name in enumerate(by_language.get(language, by_language.get(DEFAULT, ()))):
                asked.setdefault(name, {})[language] = not place
        for name, languages in asked.items():
            options = chosen.models[name].options if name in chosen.models else {}
            yield InUse(kind, name, str(options.get(MODEL, "")), languages)
