"""From the name of a model, as settings have it, to the path that an engine is given."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter
from pathlib import Path

from ari_app.models.catalogue import CATALOGUE, how_to_fetch
from ari_app.models.errors import ModelError
from ari_app.models.shelf import Shelf, State
from ari_app.models.wheel import ModelInWheel

MODEL = "model"


def holds_model(parameters: Mapping[str, Parameter]) -> bool:
    """Whether an engine with these options loads its `model` itself: one with a `url` asks a server for it by name."""
    return MODEL in parameters and "url" not in parameters


def placed(model: object, cache_dir: Path) -> object:
    """The path of a fetched model that is named so; a path, and a name that only the engine knows, as they are.

    Raises `ModelError` for a model of the catalogue that was not fetched, and for one that is not whole.
    """
    if not isinstance(model, str) or "/" in model or not model or Path(model).exists():
        return model
    known = CATALOGUE.get(model)
    if known and known.wheel:
        return _in_wheel(known.wheel, how_to_fetch(known), cache_dir)
    shelf = Shelf.of(cache_dir)
    try:
        state = shelf.state(model)
    except ModelError:
        return model
    if state is State.WHOLE:
        return str(shelf.path(model).absolute())
    if state is State.PARTIAL:
        again = how_to_fetch(known) if known else f"fetch it again as before (mercury models fetch … --as {model})"
        raise ModelError(f"the model {model} is not whole; {again}")
    if known:
        raise ModelError(f"the model {model} is not fetched; {how_to_fetch(known)}")
    return model


def _in_wheel(wheel: ModelInWheel, remedy: str, cache_dir: Path) -> str:
    if not (path := wheel.path(cache_dir)).is_file():
        raise ModelError(f"the model {wheel.name} is not fetched; {remedy}")
    return str(path.absolute())
