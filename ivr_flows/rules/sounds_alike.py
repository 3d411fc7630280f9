"""Answers differ in their sound."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.hearing import near, sound
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise
from ivr_flows.model.base import Language
from ivr_flows.model.steps import AskStep
from ivr_flows.model.walk import Path
from ivr_flows.problems import Level


@rule(
    "sounds-alike",
    level=Level.WARNING,
    reason="A recogniser takes one for the other.",
    fix="Choose words that differ in more than a sound.",
)
def sounds_alike(subject: Subject) -> Iterator[Finding]:
    """No two options of a question have phrases that sound nearly alike."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, AskStep):
                for place, message in _alike(step):
                    yield subject.at((*way, "steps", name, "options", *place), message)


def _alike(step: AskStep) -> Iterator[tuple[Path, str]]:
    heard: dict[Language, list[tuple[str, str, str]]] = {}
    for option, choice in step.options.items():
        for language, phrases in choice.hear.items():
            earlier = tuple(heard.setdefault(language, []))
            for index, phrase in enumerate(phrases):
                said = sound(phrase)
                for other, other_phrase, other_said in earlier:
                    if near(said, other_said) and normalise(phrase) != normalise(other_phrase):
                        message = f"{phrase!r} sounds like {other_phrase!r}, which means {other!r}"
                        yield (option, "hear", language, index), message
                heard[language].append((option, phrase, said))
