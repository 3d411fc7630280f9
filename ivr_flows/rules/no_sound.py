"""Sound files that are played are there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.prompts import SoundPiece
from ivr_flows.model.walk import Path
from ivr_flows.sounds import music_of


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
        for place, sound in (*_in_prompts(body), *music_of(body)):
            file = (root / sound).resolve()
            if not file.is_relative_to(root) or not file.is_file():
                message = f"expected a sound file at {sound} beside the flows file; there is none"
                yield subject.at((*way, *place), message)


def _in_prompts(body: FlowBody) -> Iterator[tuple[Path, str]]:
    for place, prompt in body.prompts:
        for language, line in prompt.root.items():
            for piece in line:
                if isinstance(piece, SoundPiece):
                    yield (*place, language), piece.sound
