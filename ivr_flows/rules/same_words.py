"""A phrase means one thing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise
from ivr_flows.model.steps import AskStep
from ivr_flows.model.walk import Path
from ivr_flows.vocabulary import key_words


@rule(
    "same-words",
    reason="The caller would get the first, whichever they meant. (The number of an option's key can be said, too.)",
    fix="Leave the phrase with one of the two.",
)
def same_words(subject: Subject) -> Iterator[Finding]:
    """No two options of a question are said alike."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, AskStep):
                yield from _said_alike(subject, (*way, "steps", name, "options"), step)


def _said_alike(subject: Subject, here: Path, step: AskStep) -> Iterator[Finding]:
    taken: dict[tuple[str, str], str] = {}
    for option, choice in step.options.items():
        for language, phrases in choice.hear.items():
            numbers = key_words(choice.key, language) if phrases else ()
            for index, phrase in enumerate((*phrases, *numbers)):
                other = taken.setdefault((language, normalise(phrase)), option)
                if other != option:
                    yield subject.at((*here, option, "hear", language, index), f"{phrase!r} means {other!r} already")
