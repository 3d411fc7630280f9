"""The corpus: scenes drawn, by a seed, from Asterisk's human recordings; a tuning half and a held-out half.

The halves share no recording. What no recording says ("yes", "okay", "mm", "हाँ") is spoken by espeak-ng.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.closed_list_trials import Recording, recordings
from bench.turns.line import LINES, Line
from bench.turns.noises import babble, clatter, cough, slam
from bench.turns.scenes import TURNS, Kind, Piece, Scene, in_place, joined, placed
from bench.turns.sounds import Sound, at_level, band, from_pcm, in_a_room, laid, pauses, seconds, silence, trimmed
from media.audio.pcm import Pcm
from media.audio.resample import to_telephone
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.turn.words import takes_no_turn, words_of

_T = TypeVar("_T")
_NATURAL_S = (0.15, 0.45)
"""Pauses within recordings that are pauses of speech: shorter ones are stops, longer ones are edits."""
_THINKING_S = (0.45, 0.9)
"""Pauses of a caller who thinks: an announcer makes none."""
_LEVELS_DBFS = (-18.0, -21.0, -24.0, -28.0)
_BACKCHANNELS = (
    *(("yes", "en"), ("okay", "en"), ("mm hmm", "en"), ("right", "en"), ("yeah", "en"), ("all right", "en")),
    *(("हाँ", "hi"), ("हम्म", "hi"), ("जी हाँ", "hi"), ("अच्छा", "hi"), ("ठीक है", "hi"), ("ok", "hi")),
)
_LIST = 6
_AGENT_S = 10.0
_OFTEN = {
    Kind.SENTENCE: 3, Kind.CLAUSES: 3, Kind.DIGITS: 2, Kind.SHORT: 4, Kind.HESITANT: 3,
    Kind.WORD: 5, Kind.SPEECH: 4,
    Kind.BACKCHANNEL: 4, Kind.COUGH: 2, Kind.CLATTER: 2, Kind.SLAM: 1, Kind.BABBLE: 1, Kind.ECHO: 1, Kind.FAR: 2,
}  # fmt: skip
"""How often each kind comes."""
_TURNS = tuple(kind for kind in Kind if kind in TURNS)
_OVER_AGENT = tuple(kind for kind in Kind if kind not in TURNS)


@dataclass(frozen=True, slots=True)
class Source:
    """One half's recordings, as pieces."""

    half: str
    short: tuple[Piece, ...] = field(repr=False)
    """One to three words."""
    clauses: tuple[Piece, ...] = field(repr=False)
    """Three to eight words within 3 s."""
    sentences: tuple[Piece, ...] = field(repr=False)
    """Five words and more, 1.5 to 8 s, with their own pauses."""
    digits: tuple[Piece, ...] = field(repr=False)
    agent: tuple[Piece, ...] = field(repr=False)
    """What the agent says: 4 s and more."""
    natural_s: tuple[float, ...] = field(repr=False)
    """Pauses of speech, as they were measured."""
    backchannels: tuple[Piece, ...] = field(repr=False)


def sources(sounds: Path, texts: Path) -> tuple[Source, Source]:
    """The tuning half and the held-out half. Raises `SystemExit` without recordings."""
    found = recordings(sounds, texts)
    if not found:
        raise SystemExit(f"no recordings of {texts} in {sounds}: install Asterisk's with: mercury asterisk")
    spoken = asyncio.run(_spoken())
    return (
        _source("tuning", [r for r in found if not r.held_out], spoken[::2]),
        _source("held out", [r for r in found if r.held_out], spoken[1::2]),
    )


def corpus(source: Source, turns: int, over_agent: int, seed: int = 4) -> Iterator[Scene]:
    """So many scenes of turns and of sounds over the agent, each kind as often as it is, lines in turn."""
    for make, kinds, wanted in ((_turn, _TURNS, turns), (_over_agent, _OVER_AGENT, over_agent)):
        drawn = [kind for kind in kinds for _ in range(_OFTEN[kind])]
        for place in range(wanted):
            line = LINES[(place + place // len(LINES)) % len(LINES)]
            chance = np.random.default_rng((seed, len(drawn), place, int(source.half == "tuning")))
            yield make(source, drawn[place * 7 % len(drawn)], line, chance, place)


def _turn(source: Source, kind: Kind, line: Line, chance: np.random.Generator, place: int) -> Scene:
    pieces = _TURN_MAKERS[kind](source, chance)
    thinking = kind is Kind.HESITANT
    gaps_s = [chance.uniform(*_THINKING_S) if thinking else _one(source.natural_s, chance) for _ in pieces[1:]]
    sound, said = joined(pieces, gaps_s, 0.6)
    phrases = _list(source, chance, pieces[0].text if kind is Kind.SHORT else "", " ".join(p.text for p in pieces))
    caller = placed(sound, 0.6, line, _one(_LEVELS_DBFS, chance), chance)
    name = f"{source.half} {place}"
    return Scene(name, kind, line, caller, 0.6, 0.6 + seconds(sound), said, phrases, seed=place)


def _over_agent(source: Source, kind: Kind, line: Line, chance: np.random.Generator, place: int) -> Scene:
    """Half of these callers have said something before, so that it is known how loud they are."""
    level = _one(_LEVELS_DBFS, chance)
    sound, text, below_db = _intrusion(source, kind, chance)
    before = _one(source.short, chance).sound if chance.random() < 0.5 else silence(0)
    agent_at_s = 0.4 + seconds(before) + 1.2
    at_s = agent_at_s + chance.uniform(1.0, 4.0)
    caller = silence(at_s + seconds(sound) + 2.5)
    if len(before):
        caller = laid(caller, at_level(before, level), 0.4)
    if len(sound):
        caller = laid(caller, at_level(sound, level - below_db), at_s)
    echo = chance.uniform(-35, -20) if kind is Kind.ECHO or chance.random() < 0.5 else None
    return Scene(
        name=f"{source.half} {place}",
        kind=kind,
        line=line,
        caller=in_place(caller, line, level, chance),
        start_s=at_s,
        end_s=at_s + seconds(sound),
        said=joined([Piece(sound, text)], [], at_s)[1] if text else (),
        phrases=_list(source, chance, text if kind is Kind.WORD else "yes", text),
        agent=_agent(source, chance),
        agent_at_s=agent_at_s,
        echo_db=echo,
        echo_delay_frames=int(chance.integers(2, 11)),
        seed=place,
    )


def _intrusion(source: Source, kind: Kind, chance: np.random.Generator) -> tuple[Sound, str, float]:
    """What sounds over the agent, its words, and how much weaker than the caller's speech it is (dB)."""
    spoken = {Kind.WORD: source.short, Kind.SPEECH: source.sentences, Kind.BACKCHANNEL: source.backchannels}
    if kind in spoken:
        piece = _one(spoken[kind], chance)
        return piece.sound, piece.text, 0.0
    sound, below_db = _noise(source, kind, chance)
    return sound, "", below_db


def _noise(source: Source, kind: Kind, chance: np.random.Generator) -> tuple[Sound, float]:
    match kind:
        case Kind.COUGH:
            return cough(chance), chance.uniform(-3, 6)
        case Kind.CLATTER:
            return clatter(chance), chance.uniform(0, 10)
        case Kind.SLAM:
            return slam(chance), chance.uniform(-3, 6)
        case Kind.BABBLE:
            voices = [_one(source.sentences, chance).sound for _ in range(6)]
            return band(babble(voices, 4.0, chance), 300, 3000), chance.uniform(15, 22)
        case Kind.FAR:
            far = in_a_room(_one(source.sentences, chance).sound, chance)
            return band(far, 300, 2500), chance.uniform(18, 25)
        case _:
            return silence(3.0), 0.0


def _agent(source: Source, chance: np.random.Generator) -> Sound:
    said = silence(0)
    while seconds(said) < _AGENT_S:
        said = np.concatenate((said, at_level(_one(source.agent, chance).sound, -20), silence(0.25)))
    return said


def _list(source: Source, chance: np.random.Generator, answer: str, said: str) -> tuple[str, ...]:
    """A closed list: the answer, if it is on it, and others that share no word with what is said."""
    words = {*said.split(), *answer.split()}
    others = [piece.text for piece in source.short if not words & set(piece.text.split())]
    drawn = [others[place] for place in chance.choice(len(others), _LIST, replace=False)]
    return tuple(sorted([answer, *drawn[1:]] if answer else drawn))


def _digits(source: Source, chance: np.random.Generator) -> list[Piece]:
    return [_one(source.digits, chance) for _ in range(chance.integers(4, 9))]


def _clauses(source: Source, chance: np.random.Generator) -> list[Piece]:
    return [_one(source.clauses, chance) for _ in range(chance.integers(2, 5))]


_TURN_MAKERS: dict[Kind, Callable[[Source, np.random.Generator], list[Piece]]] = {
    Kind.SENTENCE: lambda source, chance: [_one(source.sentences, chance)],
    Kind.CLAUSES: _clauses,
    Kind.DIGITS: _digits,
    Kind.HESITANT: _clauses,
    Kind.SHORT: lambda source, chance: [_one(source.short, chance)],
}


def _one(of: Sequence[_T], chance: np.random.Generator) -> _T:
    return of[int(chance.integers(len(of)))]


def _source(half: str, found: list[Recording], backchannels: Sequence[Piece]) -> Source:
    pieces = [Piece(trimmed(from_pcm(recording.samples)), recording.text) for recording in found]
    lengths = [(piece, seconds(piece.sound), len(piece.text.split())) for piece in pieces]
    sentences = tuple(piece for piece, length_s, words in lengths if words >= 5 and 1.5 < length_s < 8)
    low, high = _NATURAL_S
    natural = [pause for piece in sentences for pause in pauses(piece.sound, low) if pause <= high]
    numbers = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    return Source(
        half,
        short=tuple(
            piece for piece, length_s, words in lengths if words <= 3 and 0.15 < length_s < 1.5 and _takes_turn(piece)
        ),
        clauses=tuple(piece for piece, length_s, words in lengths if 3 <= words <= 8 and length_s < 3),
        sentences=sentences,
        digits=tuple(piece for piece in pieces if piece.text in numbers),
        agent=tuple(piece for piece, length_s, _ in lengths if length_s >= 4),
        natural_s=tuple(natural),
        backchannels=tuple(backchannels),
    )


def _takes_turn(piece: Piece) -> bool:
    return not takes_no_turn(words_of(piece.text), "en")


async def _spoken() -> list[Piece]:
    """The backchannels, each at two paces."""
    engine = Espeak(workers=1)
    await engine.start()
    try:
        said = [Speech(text, language, speed=speed) for text, language in _BACKCHANNELS for speed in (0.85, 1.2)]
        return [Piece(trimmed(await _rendered(engine, speech)), speech.text) for speech in said]
    finally:
        await engine.close()


async def _rendered(engine: Espeak, speech: Speech) -> Sound:
    chunks = [chunk async for chunk in engine.speak(speech)]
    whole = to_telephone(Pcm(chunks[0].rate, b"".join(chunk.samples for chunk in chunks)))
    return from_pcm(np.frombuffer(whole.samples, "<i2"))
