"""Chains of engines: for each language an order, first choice first; one engine may stand in several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from media.watch import Watched

DEFAULT = "default"
"""In place of a language: all that have no chain of their own."""


class Purpose(StrEnum):
    """What an engine is asked for, where its chain has it do no more than that."""

    LISTS = "lists"
    """Of recognisers: answers of a closed list."""
    FREE_SPEECH = "free_speech"
    """Of recognisers: whatever is said."""
    CHOICES = "choices"
    """Of minds: which of the options is meant."""
    TALK = "talk"
    """Of minds: answers in words."""


_E = TypeVar("_E")
_L = TypeVar("_L")


@dataclass(frozen=True, slots=True)
class Scope:
    """The languages of a chain: one, or (`only` is "") all but `others`."""

    only: str = ""
    others: frozenset[str] = frozenset()

    def __contains__(self, language: object) -> bool:
        return language == self.only if self.only else language not in self.others

    def of(self, languages: frozenset[str]) -> frozenset[str]:
        """Those of `languages` that are in it."""
        return frozenset(language for language in languages if language in self)


class Link(Generic[_E]):
    """An engine in its place in a chain. `after`: those of the chain that are asked when it can't."""

    def __init__(self, watched: Watched[_E], scope: Scope, after: Sequence[Self]) -> None:
        self._engine = watched.engine
        self._watch = watched.watch
        self._scope = scope
        self._after = after
        self._only_for = watched.only_for

    def is_for(self, purpose: Purpose) -> bool:
        """Whether its chain has it asked for this."""
        return not self._only_for or self._only_for == purpose

    @property
    def name(self) -> str:
        """The engine's."""
        return self._watch.name


def linked(
    chains: Mapping[str, Sequence[Watched[_E]]], link: Callable[[Watched[_E], Scope, Sequence[_L]], _L]
) -> list[_L]:
    """All chains as one row of links, in their order. Each link is made with those that come after it in its chain."""
    own = frozenset(chains) - {DEFAULT}
    row: list[_L] = []
    for language, chain in chains.items():
        scope = Scope(others=own) if language == DEFAULT else Scope(only=language)
        links: list[_L] = []
        for watched in reversed(chain):
            links.insert(0, link(watched, scope, tuple(links)))
        row += links
    return row
