"""A question tells its keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise
from ivr_flows.model.base import Key, Language
from ivr_flows.model.prompts import TextPiece
from ivr_flows.model.steps import AskStep
from ivr_flows.problems import Level
from ivr_flows.vocabulary import key_words

_SIGNS = frozenset("*#")
"""Keys that each caller knows without being told."""


def _told(step: AskStep, key: Key, language: Language) -> bool:
    pieces = step.ask.root.get(language, ())
    if not pieces or any(not isinstance(piece, TextPiece) for piece in pieces):
        return True
    said = normalise(" ".join(piece.text for piece in pieces if isinstance(piece, TextPiece))).split()
    return key in _SIGNS or not _words(key, language).isdisjoint(said)


@cache
def _words(key: Key, language: Language) -> frozenset[str]:
    return frozenset(normalise(word) for word in (key, *key_words(key, language)))


@rule(
    "untold-key",
    level=Level.WARNING,
    reason="The caller can't know the key.",
    fix="Say it in the question: to decline, press two.",
)
def untold_key(subject: Subject) -> Iterator[Finding]:
    """Every option's key is told in its question, in every language."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, AskStep):
                for option, choice in step.options.items():
                    for code in body.languages:
                        if choice.key and not _told(step, choice.key, code):
                            message = f"the key {choice.key} of {option!r} is not told here"
                            yield subject.at((*way, "steps", name, "ask", code), message)
