"""Sound files of included flows: written relative to their own file, held relative to the first one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ivr_flows.model.flow import FlowBody
from ivr_flows.model.prompts import SoundPiece
from ivr_flows.model.steps import Fact, TransferStep, WaitStep
from ivr_flows.model.walk import Path, prompts_of
from ivr_flows.replacing import replaced

_T = TypeVar("_T", FlowBody, Fact)


def sounds_of(part: FlowBody | Fact) -> Iterator[tuple[Path, str]]:
    """Every sound file that is played: where its path is written, and what it is."""
    for place, prompt in prompts_of(part):
        for language, line in prompt.root.items():
            for index, piece in enumerate(line):
                if isinstance(piece, SoundPiece):
                    yield (*place, "root", language, index, "sound"), piece.sound
    if isinstance(part, FlowBody):
        yield from music_of(part)


def music_of(body: FlowBody) -> Iterator[tuple[Path, str]]:
    """Every sound file that is played while the caller waits."""
    for name, step in body.steps.items():
        if isinstance(step, WaitStep) and step.music:
            yield ("steps", name, "music"), step.music
        if isinstance(step, TransferStep) and step.transfer.music:
            yield ("steps", name, "transfer", "music"), step.transfer.music


def with_sounds_from(part: _T, folder: str) -> _T:
    """The same with its sound files in `folder`, a relative path with / at its end, or ""."""
    if folder:
        for place, sound in list(sounds_of(part)):
            part = replaced(part, place, folder + sound)
    return part
