"""Ready settings of `engines` by name: memory plans. What the operator's own settings say goes before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from media.needs import Need

EMBEDDED = "embedded"
_CHAINS, _DEFAULT = ("recognisers", "synthesisers", "minds"), "default"
CARD = Need(ram_mib=8192, vram_mib=11_500)
"""What a GPU of 12 GB (12,288 MiB) leaves to models, and RAM beside it: each plan must fit."""
_FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class Profile:
    """A plan: its settings, the models to be fetched for it, and what each engine declares at its published size."""

    name: str
    title: str
    engines: Mapping[str, Any]
    fetch: tuple[str, ...]
    needs: Mapping[str, Need]


def names() -> tuple[str, ...]:
    """Of all, the default first."""
    found = sorted(path.stem for path in _FOLDER.glob("*.yaml"))
    return (EMBEDDED, *(name for name in found if name != EMBEDDED))


@cache
def profile(name: str) -> Profile:
    """The plan of this name. Raises `LookupError` that names those that there are."""
    if name not in names():
        raise LookupError(f"expected one of {', '.join(names())}, got {name!r}")
    values = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    needs = {engine: Need(**need) for engine, need in values["needs"].items()}
    return Profile(name, values["title"], values["engines"], tuple(values.get("fetch", ())), needs)


def applied(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """These settings of `engines` over those of the profile that they name. Raises `LookupError`.

    Chains replace the profile's, but for other languages than those that they name (`default`); a model's options go
    before those of the profile's model of this name, unless it is of another engine.
    """
    plan = profile(str(given.get("profile", EMBEDDED))).engines
    merged = {**plan, **given}
    for kind in _CHAINS:
        if isinstance(chains := merged[kind], Mapping) and _DEFAULT not in chains:
            merged[kind] = {**chains, _DEFAULT: _default_of(plan[kind])}
    own = given.get("models", {})
    if isinstance(own, Mapping):
        merged["models"] = {**plan.get("models", {}), **own}
        for model, options in plan.get("models", {}).items():
            if (
                isinstance(mine := own.get(model), Mapping)
                and mine.get("engine", options["engine"]) == options["engine"]
            ):
                merged["models"][model] = {**options, **mine}
    return merged


def _default_of(chains: Any) -> Any:
    return chains[_DEFAULT] if isinstance(chains, Mapping) else chains
