"""What a person asks to have fetched, made an order: a model of the catalogue, a repository, an address. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ari_app.models.catalogue import CATALOGUE, UNKNOWN, Model, Source
from ari_app.models.errors import ModelError
from ari_app.models.fetching import Order
from ari_app.models.hub import check_reference


def order_of(model: Model, *, accepted: bool) -> Order:
    """An order for a model of the hub. Raises `ModelError` where its licence must be accepted first."""
    if model.licence.terms and not accepted:
        raise ModelError(
            f"{model.name} is under the licence {model.licence.name}: {model.licence.terms}. "
            f"Where you keep to that: mercury models fetch {model.name} --accept-licence"
        )
    return Order(model.name, model.licence.name, model.sources)


def order_for(what: str, *, name: str, patterns: Sequence[str], sha256: str) -> Order:
    """An order for REPOSITORY[@REVISION], with patterns of files, or for one file at an https address.

    Raises `ModelError` for what is neither, and for a name that is the catalogue's.
    """
    if "/" not in what:
        raise ModelError(
            f"expected a model of the catalogue, a repository or an address, got {what!r}; "
            f"the catalogue has: {', '.join(CATALOGUE)}"
        )
    if not name:
        raise ModelError("expected --as NAME, the name that settings call it by")
    if name in CATALOGUE:
        raise ModelError(f"{name} is a name of the catalogue's: choose another")
    if "://" in what:
        return Order(name, UNKNOWN.name, url=what, sha256=sha256.lower())
    repository, _, revision = what.partition("@")
    check_reference(repository, revision or "main")
    if not patterns:
        raise ModelError(f"expected --files, which of {repository}'s files are wanted (a pattern, such as '*.gguf')")
    return Order(name, UNKNOWN.name, (Source(repository, tuple(patterns), revision or "main"),))
