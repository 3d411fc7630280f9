"""Facts are told in every language in which they are needed."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.base import Language
from ivr_flows.model.steps import ConverseStep


@rule(
    "fact-language",
    reason="Who asks in that language would be told in another one, or nothing.",
    fix="Write `hear` and `say` in each language of the flows whose conversations know it.",
)
def fact_language(subject: Subject) -> Iterator[Finding]:
    """A fact is asked and told in all languages of the flows that tell it."""
    spoken = _spoken(subject)
    for collection, facts in subject.file.knowledge.items():
        for name, fact in facts.items():
            for word, there in (("hear", fact.hear), ("say", fact.say.root)):
                if missing := [language for language in spoken.get(collection, ()) if language not in there]:
                    place = ("knowledge", collection, name, word)
                    yield subject.at(place, f"this fact's `{word}` is missing in {', '.join(missing)}")


def _spoken(subject: Subject) -> dict[str, dict[Language, None]]:
    """Collection → the languages in which it is told."""
    found: dict[str, dict[Language, None]] = {}
    for body in subject.project.flows.values():
        for step in body.steps.values():
            for known in step.converse.knowledge if isinstance(step, ConverseStep) else ():
                found.setdefault(known, {}).update(dict.fromkeys(body.languages))
    return found
