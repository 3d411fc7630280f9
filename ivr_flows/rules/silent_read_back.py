"""What is read back is read."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import DigitsStep
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError


@rule(
    "silent-read-back",
    reason="The caller is asked whether something is right that they don't hear.",
    fix="Speak of the entry: {{ order_number }}, is that right?",
)
def silent_read_back(subject: Subject) -> Iterator[Finding]:
    """The prompt that reads an entry back speaks of it, in every language."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, DigitsStep) and step.confirm:
                for language, line in step.confirm.say.root.items():
                    try:
                        spoken = step.digits.into in names_of(line)
                    except TemplateError:
                        continue
                    if not spoken:
                        place = (*way, "steps", name, "confirm", "say", language)
                        yield subject.at(place, f"{step.digits.into!r} is not read back here")
