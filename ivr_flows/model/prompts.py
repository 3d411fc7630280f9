"""Prompts as they are written: per language, text with variables in it, or sound files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, RootModel

from ivr_flows.model.base import DurationMs, Language, Part

SOUND_PATTERN = r"^[^/~].*\.wav$"


Sound = Annotated[str, Field(pattern=SOUND_PATTERN)]
"""A sound file (WAV), its path relative to the flows file."""


class TextPiece(Part):
    """Text to be spoken; `{{ name }}` is a variable, `[pause]` a hint for the voice.

    `voice` and `speed` are the engine's own unless given.

    `language`: of this piece, where it is not the prompt's (a word about another language, in that language).
    """

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    voice: str = ""
    language: Language | None = None
    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


class SoundPiece(Part):
    """A sound file (WAV), its path relative to the flows file."""

    sound: Sound


class PausePiece(Part):
    """Silence between two pieces."""

    pause: DurationMs = Field(description="How long it lasts.")


Piece = TextPiece | SoundPiece | PausePiece


def _pieces(value: object) -> object:
    items = value if isinstance(value, list) else [value]
    return [{"text": item} if isinstance(item, str) else item for item in items]


_Written = str | Piece | tuple[str | Piece, ...]
Line = Annotated[tuple[Piece, ...], BeforeValidator(_pieces, json_schema_input_type=_Written), Field(min_length=1)]
"""What is said in one language: a text, `{text, voice, speed}`, `{sound}`, `{pause}`, or a list of these."""


class Prompt(RootModel[Mapping[Language, Line]]):
    """What is said, in each of the flow's languages."""

    model_config = {"frozen": True}

    def line(self, language: Language) -> tuple[Piece, ...]:
        """What is said in this language."""
        return self.root[language]


def _prompts(value: object) -> object:
    return value if isinstance(value, list) else [value]


Prompts = Annotated[tuple[Prompt, ...], BeforeValidator(_prompts, json_schema_input_type=Prompt | tuple[Prompt, ...])]
"""One prompt, or a list: the first for the first time, the next for the second, the last from then on."""
