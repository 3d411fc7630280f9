"""A translation is not a copy."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.hearing import plain
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.matching import normalise
from ivr_flows.model.prompts import TextPiece
from ivr_flows.problems import Level


@rule(
    "same-text",
    level=Level.WARNING,
    reason="Hindi and Marathi share their letters: a copy is easily overlooked.",
    fix="Translate it.",
)
def same_text(subject: Subject) -> Iterator[Finding]:
    """No text of three words or more is the same in two languages."""
    for way, body in subject.flows():
        for place, prompt in body.prompts:
            first: dict[str, str] = {}
            for code, line in prompt.root.items():
                said = " ".join(piece.text for piece in line if isinstance(piece, TextPiece) and not piece.language)
                same = first.setdefault(normalise(plain(said)), code)
                if same != code and len(plain(said).split()) > 2:
                    yield subject.at((*way, *place, code), f"this is the same text as in {same}")
