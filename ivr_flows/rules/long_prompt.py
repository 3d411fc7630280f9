"""What is said can be kept in mind."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.hearing import milliseconds, most_milliseconds
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.prompts import TextPiece
from ivr_flows.problems import Level


@rule(
    "long-prompt",
    level=Level.WARNING,
    reason="Who listens in a kitchen forgets the beginning, or hangs up.",
    fix="Shorten it, or tell part of it only when asked.",
)
def long_prompt(subject: Subject) -> Iterator[Finding]:
    """A question takes at most 15 s to hear, anything else at most 20 s."""
    for way, body in subject.flows():
        for place, prompt in body.prompts:
            most_s = 15 if place[-1] in ("ask", "confirm") else 20
            for code, line in prompt.root.items():
                texts = [piece for piece in line if isinstance(piece, TextPiece)]
                said = [(text.text, text.language or code, text.speed) for text in texts]
                if sum(most_milliseconds(*text) for text in said) <= most_s * 1000:
                    continue
                took_s = sum(milliseconds(*text) for text in said) / 1000
                if took_s > most_s:
                    message = f"this takes about {took_s:.0f} s to hear; at most {most_s} s can be kept in mind"
                    yield subject.at((*way, *place, code), message)
