"""Scenes: what a caller says, and what sounds beside them, over one line; with the truth of who meant what, when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from bench.turns.line import Line
from bench.turns.noises import kitchen, white
from bench.turns.sounds import Sound, at_level, band, laid, seconds, silence

AFTER_S = 2.5
"""What is heard after the last of it."""
_FLOOR_DBFS = -62.0
"""Noise of a line that is called clean."""


class Kind(Enum):
    """What happens in a scene."""

    SENTENCE = "a sentence as it was spoken"
    CLAUSES = "clauses with natural pauses between them"
    DIGITS = "a number, digit by digit"
    SHORT = "a short answer"
    HESITANT = "clauses with pauses of somebody who thinks"
    WORD = "an interruption by a word or two that are listened for"
    SPEECH = "an interruption by a sentence that is not on the list"
    BACKCHANNEL = "yes, okay, mm, हाँ"
    COUGH = "coughs"
    CLATTER = "dishes"
    SLAM = "a door"
    BABBLE = "people talking all around"
    ECHO = "nothing but the agent's echo"
    FAR = "somebody speaking across the room"


TURNS = frozenset({Kind.SENTENCE, Kind.CLAUSES, Kind.DIGITS, Kind.SHORT, Kind.HESITANT})
"""The caller answers an agent who is silent."""
INTERRUPTIONS = frozenset({Kind.WORD, Kind.SPEECH})
"""The caller takes the turn from an agent who speaks."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words that have been said by a time, in seconds of the scene."""

    by_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One call's worth. Times in seconds of the scene."""

    name: str
    kind: Kind
    line: Line
    caller: Sound = field(repr=False)
    start_s: float
    end_s: float
    """Of what the caller says, or of what sounds."""
    said: tuple[Said, ...]
    phrases: tuple[str, ...]
    agent: Sound = field(default_factory=lambda: silence(0), repr=False)
    agent_at_s: float = 0.0
    echo_db: float | None = None
    echo_delay_frames: int = 2
    seed: int = 0

    @property
    def turn(self) -> bool:
        return self.kind in TURNS

    @property
    def interrupts(self) -> bool:
        return self.kind in INTERRUPTIONS


@dataclass(frozen=True, slots=True)
class Piece:
    """Something said without a pause worth the name: its sound, trimmed, and its text."""

    sound: Sound = field(repr=False)
    text: str


def joined(pieces: list[Piece], gaps_s: list[float], at_s: float) -> tuple[Sound, tuple[Said, ...]]:
    """Pieces with gaps between them, and when, from `at_s` on, each word was said: by its share of its piece."""
    sound, said, text = silence(0), [], ""
    for piece, gap_s in zip(pieces, [*gaps_s, 0.0], strict=True):
        start_s, words = at_s + seconds(sound), piece.text.split()
        for count, word in enumerate(words, 1):
            text = f"{text} {word}".strip()
            said.append(Said(start_s + seconds(piece.sound) * count / len(words), text))
        sound = np.concatenate((sound, piece.sound, silence(gap_s)))
    return sound, tuple(said)


def placed(sound: Sound, at_s: float, line: Line, level_dbfs: float, chance: np.random.Generator) -> Sound:
    """The caller's side of a scene: the sound at its time and level in the noise of its line."""
    length_s = at_s + seconds(sound) + AFTER_S
    return in_place(laid(silence(length_s), at_level(sound, level_dbfs), at_s), line, level_dbfs, chance)


def in_place(caller: Sound, line: Line, level_dbfs: float, chance: np.random.Generator) -> Sound:
    """What a caller's phone picks up: the caller, whose speech has this level, and the noise of the place."""
    length_s = seconds(caller)
    heard = caller + at_level(white(length_s, chance), _FLOOR_DBFS)[: len(caller)]
    if line.noise:
        noise = white(length_s, chance) if line.noise == "white" else kitchen(length_s, chance)
        heard = heard + at_level(noise, level_dbfs - line.snr_db)[: len(caller)]
    return band(heard, 200, 3400) if line.narrow else heard
