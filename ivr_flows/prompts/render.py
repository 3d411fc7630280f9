"""A prompt in one language, ready to be spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.commands import Rest, SayPart, SoundFile, SpokenText
from ivr_flows.model.base import Language
from ivr_flows.model.prompts import Line, PausePiece, SoundPiece, TextPiece
from ivr_flows.model.values import Value
from ivr_flows.prompts.markup import Span, marked, spans, unmarked
from ivr_flows.prompts.spelling import digit_by_digit
from ivr_flows.prompts.templates import Worded, blanked, fill, names_in
from ivr_flows.prompts.wording import spoken


def render(
    line: Line, language: Language, types: Mapping[str, Value], values: Mapping[str, object]
) -> tuple[SayPart, ...]:
    """The line's parts, variables filled in and worded by their types.

    Pieces that come out empty are left out; what is only pauses then is nothing.
    """
    parts = tuple(part for piece in line for part in _parts(piece, language, types, values))
    return parts if any(not isinstance(part, Rest) for part in parts) else ()


def outline(line: Line, language: Language) -> Iterator[SpokenText]:
    """The line's own words, with `BLANK` for what is filled in: the sentences without one are known before any call."""
    for piece in line:
        if isinstance(piece, TextPiece):
            template = marked(piece.text)
            for span in spans(blanked(template.text), template.hints):
                if span.text and not span.spelled:
                    speed = round(piece.speed * span.speed, 2)
                    yield SpokenText(span.text, piece.language or language, piece.voice, speed)


def plain_text(line: Line) -> str:
    """A line without variables, as one text."""
    said = (span.text for piece in line if isinstance(piece, TextPiece) for span in _spans(piece, {}))
    return " ".join(filter(None, said))


def names_of(line: Line) -> frozenset[str]:
    """The variables that a line speaks of."""
    return frozenset().union(*(names_in(piece.text) for piece in line if isinstance(piece, TextPiece)))


def _parts(
    piece: TextPiece | SoundPiece | PausePiece,
    language: Language,
    types: Mapping[str, Value],
    values: Mapping[str, object],
) -> Iterator[SayPart]:
    if isinstance(piece, SoundPiece):
        yield SoundFile(piece.sound)
        return
    if isinstance(piece, PausePiece):
        yield Rest(piece.pause)
        return
    spoken_in = piece.language or language
    worded = {
        name: Worded(values.get(name), unmarked(spoken(values.get(name), types[name], spoken_in)))
        for name in names_in(piece.text)
        if name in types
    }
    for span in _spans(piece, worded):
        if span.pause_ms:
            yield Rest(span.pause_ms)
        else:
            said = digit_by_digit(span.text) if span.spelled else span.text
            if said:
                yield SpokenText(said, spoken_in, piece.voice, round(piece.speed * span.speed, 2))


def _spans(piece: TextPiece, worded: Mapping[str, Worded]) -> Iterator[Span]:
    template = marked(piece.text)
    return spans(fill(template.text, worded), template.hints)
