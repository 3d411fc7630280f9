"""What can be said has letters."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import answers
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise


@rule(
    "empty-words",
    reason="Nothing that a caller says is like it.",
    fix="Write words, in the language's letters or in Latin ones.",
)
def empty_words(subject: Subject) -> Iterator[Finding]:
    """No phrase is made of signs alone."""
    for way, body in subject.flows():
        for place, answer in answers(body):
            for code, phrases in answer.hear.items():
                for index, phrase in enumerate(phrases):
                    if not normalise(phrase):
                        message = f"expected words, got {phrase!r}, which nobody can say"
                        yield subject.at((*way, *place, "hear", code, index), message)
