"""Templates of prompts can be filled."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError


@rule(
    "template",
    reason="A template that fails would fail in the middle of a call.",
    fix="Write {{ name }}, or {% if name == 'value' %}…{% else %}…{% endif %}.",
)
def template(subject: Subject) -> Iterator[Finding]:
    """Templates hold variables and simple conditions, and nothing that can fail."""
    for way, body in subject.flows():
        for place, prompt in body.prompts:
            for code, line in prompt.root.items():
                try:
                    names_of(line)
                except TemplateError as error:
                    yield subject.at((*way, *place, code), str(error))
