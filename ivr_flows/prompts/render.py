"""A prompt in one language, ready to be spoken."""

from __future__ import annotations

from collections.abc import Mapping

from ivr_flows.commands import SoundFile, SpokenText
from ivr_flows.model.base import Language
from ivr_flows.model.prompts import Line, Piece, SoundPiece, TextPiece
from ivr_flows.model.values import Value
from ivr_flows.prompts.templates import Worded, fill, names_in
from ivr_flows.prompts.wording import spoken


def render(
    line: Line, language: Language, types: Mapping[str, Value], values: Mapping[str, object]
) -> tuple[SpokenText | SoundFile, ...]:
    """The line's parts, variables filled in and worded by their types. Pieces that come out empty are left out."""
    parts = (_part(piece, language, types, values) for piece in line)
    return tuple(part for part in parts if isinstance(part, SoundFile) or part.text)


def plain_text(line: Line) -> str:
    """A line without variables, as one text."""
    return " ".join(piece.text for piece in line if isinstance(piece, TextPiece))


def names_of(line: Line) -> frozenset[str]:
    """The variables that a line speaks of."""
    return frozenset().union(*(names_in(piece.text) for piece in line if not isinstance(piece, SoundPiece)))


def _part(
    piece: Piece, language: Language, types: Mapping[str, Value], values: Mapping[str, object]
) -> SpokenText | SoundFile:
    if isinstance(piece, SoundPiece):
        return SoundFile(piece.sound)
    spoken_in = piece.language or language
    worded = {
        name: Worded(values.get(name), spoken(values.get(name), types[name], spoken_in))
        for name in names_in(piece.text)
        if name in types
    }
    return SpokenText(fill(piece.text, worded), spoken_in, piece.voice, piece.speed)
