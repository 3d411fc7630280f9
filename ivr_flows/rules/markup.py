"""Hints for the voice are such as there are."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import texts
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.prompts.markup import MarkupError, marked


@rule(
    "markup",
    reason="A hint that is misspelt would be read aloud, or swallow what follows it.",
    fix="Write [pause], [slow]…[/slow], [fast]…[/fast] or [spell]…[/spell]; a bracket of your own is [[.",
)
def markup(subject: Subject) -> Iterator[Finding]:
    """What stands in square brackets is a hint, and ends where it must."""
    for way, body in subject.flows():
        for place, _, piece in texts(body):
            try:
                marked(piece.text)
            except MarkupError as error:
                yield subject.at((*way, *place), str(error))
