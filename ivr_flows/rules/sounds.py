"""Sound files that prompts play."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.model.prompts import SoundPiece
from ivr_flows.problems import Problem
from ivr_flows.rules.subject import Subject


def exist(subject: Subject) -> Iterator[Problem]:
    """Each is there, beside the flows file or below it."""
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
                        yield subject.problem((*way, *place, language), "no-sound", message)
