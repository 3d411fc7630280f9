"""Facts hold for every caller."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError


@rule(
    "fixed-fact",
    reason="A fact knows nothing of the call that it is told in: the caller would hear a gap.",
    fix="Say it without variables, or ask for it by a lookup.",
)
def fixed_fact(subject: Subject) -> Iterator[Finding]:
    """What a fact tells has no variables in it."""
    for collection, facts in subject.file.knowledge.items():
        for name, fact in facts.items():
            for language, line in fact.say.root.items():
                try:
                    names = sorted(names_of(line))
                except TemplateError as error:
                    names = [str(error)]
                if names:
                    place = ("knowledge", collection, name, "say", language)
                    yield subject.at(place, f"expected words that always hold, got {', '.join(names)}")
