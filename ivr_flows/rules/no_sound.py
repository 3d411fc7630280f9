"""Sound files that prompts play are there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.prompts import SoundPiece


@rule(
    "no-sound",
    reason="The caller would hear nothing.",
    fix="Put the file beside the flows file or below it, or write its path right.",
)
def no_sound(subject: Subject) -> Iterator[Finding]:
    """Each sound file is there, beside the flows file or below it."""
    if subject.folder is None:
        return
    root = subject.folder.resolve()
    for way, body in subject.flows():
        for place, prompt in body.prompts:
            for language, line in prompt.root.items():
                for piece in line:
                    if not isinstance(piece, SoundPiece):
                        continue
                    file = (root / piece.sound).resolve()
                    if not file.is_relative_to(root) or not file.is_file():
                        message = f"expected a sound file at {piece.sound} beside the flows file; there is none"
                        yield subject.at((*way, *place, language), message)
