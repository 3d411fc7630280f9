"""Questions tell no key that means nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ivr_flows.lint.hearing import plain
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise
from ivr_flows.model.base import Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.prompts import TextPiece
from ivr_flows.model.steps import AskStep
from ivr_flows.problems import Level
from ivr_flows.vocabulary import key_words

_PRESS: dict[Language, str] = {
    "en": r"\bpress {}\b",
    "hi": r"(?<!\S){} (?:दबाइए|दबाएँ|दबाए)(?!\S)",
    "mr": r"(?<!\S){} (?:दाबा|दाबून)(?!\S)",
}


@rule(
    "wrong-key",
    level=Level.WARNING,
    reason="The caller presses it and is told that it means nothing.",
    fix="Tell the key that the answer has, or give the answer that key.",
)
def wrong_key(subject: Subject) -> Iterator[Finding]:
    """A question with options tells only keys of its options and of commands."""
    for way, body in subject.flows():
        commands = {command.key for command in body.commands.values()}
        for name, step in body.steps.items():
            if isinstance(step, AskStep):
                offered = commands | {choice.key for choice in step.options.values()}
                for language, key in _told(step, body):
                    if key not in offered:
                        place = (*way, "steps", name, "ask", language)
                        yield subject.at(place, f"the key {key} is told here, and no answer has it")


def _told(step: AskStep, body: FlowBody) -> Iterator[tuple[Language, str]]:
    for language in body.languages:
        line = step.ask.root.get(language, ())
        said = normalise(plain(" ".join(piece.text for piece in line if isinstance(piece, TextPiece))))
        told = _pressed(language).findall(said)
        yield from ((language, key) for key in dict.fromkeys(map(_keys(language).__getitem__, told)))


@cache
def _keys(language: Language) -> dict[str, str]:
    """The figures and their words, as they are told, and the keys that they are."""
    return {word: key for key in "0123456789" for word in (key, *map(normalise, key_words(key, language)))}


@cache
def _pressed(language: Language) -> re.Pattern[str]:
    words = sorted(map(re.escape, _keys(language)), key=len, reverse=True)
    return re.compile(_PRESS[language].format(f"({'|'.join(words)})"))
