"""One engine, made by the name that the settings have for it: its options checked before it sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any

from ari_app.models.errors import ModelError
from ari_app.models.places import MODEL, holds_model, placed
from ari_app.models.wheel import SMART_TURN
from ari_app.ops.secrets import engine_key
from ari_app.ops.settings import Settings
from media.errors import EngineUnavailableError
from media.registry import Engines as Kind
from media.registry import engine

EXAMPLES = "examples"
"""The parameter of a mind that learns from the flows: it is made anew when they change."""
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_EMBEDDED: Mapping[str, Callable[[Settings], dict[str, Any]]] = {
    "espeak-ng": lambda settings: {"voices": settings.engines.voices, "workers": settings.engines.tts_workers},
    "pocketsphinx": lambda settings: {
        "workers": settings.engines.asr_workers,
        "rejection_margin": settings.engines.rejection_margin,
    },
    "webrtcvad": lambda settings: {"aggressiveness": settings.media.vad_aggressiveness},
    "smart-turn": lambda settings: {
        "model": settings.engines.end_of_turn_model or SMART_TURN.path(settings.cache_dir),
    },
}
"""What the embedded engines are made with, unless a model's own options say otherwise."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an engine is made."""

    name: str
    factory: Callable[..., Any]
    options: Mapping[str, Any] = field(repr=False)

    @property
    def learns(self) -> bool:
        """Whether it is made from the flows' examples."""
        return EXAMPLES in _parameters(self.factory)

    def make(self, **more: Any) -> Any:
        """It. Raises `EngineUnavailableError` when it refuses its options, or lacks a package."""
        try:
            return self.factory(**self.options, **more)
        except (TypeError, ValueError) as error:
            raise EngineUnavailableError(f"engine {self.name!r}: {error}") from error


def recipe(kind: Kind, name: str, settings: Settings) -> Recipe:
    """How the engine of this name is made: a model of `engines.models`, or an entry point itself.

    Raises `EngineUnavailableError` for a name that nobody has, an option that the engine hasn't, a missing one.
    """
    model = settings.engines.models.get(name)
    entry = model.engine if model else name
    try:
        factory = engine(kind, entry)
    except EngineUnavailableError as error:
        raise EngineUnavailableError(
            f"{error}; engines.models: {', '.join(settings.engines.models) or 'none'}"
        ) from error
    given = dict(model.options) if model else {}
    if key := engine_key(settings, name):
        given["key"] = key
    parameters = _parameters(factory)
    _refuse_unknown(name, entry, given, parameters)
    if holds_model(parameters):
        given |= _placed(name, given.get(MODEL, parameters[MODEL].default), settings)
    embedded = _EMBEDDED[entry](settings) if entry in _EMBEDDED else {}
    named = {"name": name} if "name" in parameters else {}
    options = {**embedded, **given, **named}
    _refuse_missing(name, entry, options, parameters)
    return Recipe(name, factory, options)


def _placed(name: str, model: object, settings: Settings) -> dict[str, object]:
    """A fetched model's path in place of its name."""
    try:
        path = placed(model, settings.cache_dir)
    except ModelError as error:
        raise EngineUnavailableError(f"engine {name!r}: {error}") from error
    return {MODEL: path} if path != model else {}


def _parameters(factory: Callable[..., Any]) -> Mapping[str, Parameter]:
    """What it takes; anything, where it can't tell, as compiled code may not."""
    try:
        return signature(factory).parameters
    except ValueError:
        return {"options": Parameter("options", Parameter.VAR_KEYWORD)}


def _refuse_unknown(name: str, entry: str, given: Mapping[str, Any], has: Mapping[str, Parameter]) -> None:
    if any(parameter.kind is Parameter.VAR_KEYWORD for parameter in has.values()):
        return
    own = [key for key, parameter in has.items() if parameter.kind in _NAMED and key not in {"name", EXAMPLES}]
    unknown = sorted(set(given) - set(own))
    if unknown:
        raise EngineUnavailableError(
            f"engines.models.{name}: {entry} has no option {', '.join(unknown)}; it has: {', '.join(own) or 'none'}"
        )


def _refuse_missing(name: str, entry: str, options: Mapping[str, Any], has: Mapping[str, Parameter]) -> None:
    missing = [
        key
        for key, parameter in has.items()
        if parameter.kind in _NAMED and parameter.default is Parameter.empty and key not in {*options, EXAMPLES}
    ]
    if missing == ["key"]:
        raise EngineUnavailableError(
            f"engine {name!r} ({entry}) needs a key: put it into run_dir/secrets/engine-{name}-key"
        )
    if missing:
        raise EngineUnavailableError(
            f"engine {name!r} ({entry}) needs: {', '.join(missing)}; set engines.models.{name}"
        )
