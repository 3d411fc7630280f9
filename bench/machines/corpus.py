"""The corpus: who answers, drawn by a seed from Asterisk's human recordings and what espeak-ng says; in two halves.

The halves share no recording and no text. All of Asterisk's recordings are of one speaker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.machines.scenes import LENGTH_S, PEOPLE, Kind, Scene
from bench.machines.texts import ANNOUNCEMENTS, FIRMS, GREETINGS
from bench.turns import corpus as turns
from bench.turns.line import LINES
from bench.turns.noises import clatter
from bench.turns.scenes import in_place
from bench.turns.sounds import (
    RATE,
    Sound,
    at_level,
    band,
    from_pcm,
    in_a_room,
    laid,
    level_db,
    seconds,
    silence,
    trimmed,
)
from media.audio.pcm import Pcm
from media.audio.resample import to_telephone
from media.audio.wav import read_wav
from media.tts.espeak import Espeak
from media.tts.protocol import Speech

Chance = np.random.Generator
_T = TypeVar("_T")
_LEVELS_DBFS = (-18.0, -21.0, -24.0, -28.0)
_HEARD_AS_ONE_S = 0.6
"""A shorter pause does not end what was said first."""
_OFTEN = {
    Kind.HELLO: 5, Kind.TWICE: 3, Kind.FIRM: 4, Kind.LATE: 2, Kind.ASKS: 3, Kind.TALKER: 2, Kind.MUTE: 1,
    Kind.RADIO: 3, Kind.TILL: 2,
    Kind.VOICEMAIL: 5, Kind.FRIENDLY: 3, Kind.BRIEF: 2, Kind.ANNOUNCEMENT: 5, Kind.MENU: 4, Kind.TONES: 1,
    Kind.FAX: 1, Kind.MUSIC: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One half's sounds."""

    half: str
    greetings: tuple[Sound, ...] = field(repr=False)
    firms: tuple[Sound, ...] = field(repr=False)
    clauses: tuple[Sound, ...] = field(repr=False)
    sentences: tuple[Sound, ...] = field(repr=False)
    announcements: tuple[Sound, ...] = field(repr=False)
    music: tuple[Sound, ...] = field(repr=False)
    natural_s: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a callee says: the pieces, what is silent before each, and the beep after them."""

    pieces: Sequence[Sound]
    gaps_s: Sequence[float]
    """One before each piece; the first is what passes from the answer on."""
    beep: Sound | None = None
    behind: Sound | None = None
    """What sounds all the while."""


def sources(sounds: Path, texts: Path) -> tuple[Source, Source]:
    """The tuning half and the held-out half. Raises `SystemExit` without recordings."""
    tuning, held_out = turns.sources(sounds, texts)
    said = asyncio.run(_spoken())
    music = [from_pcm(np.frombuffer(read_wav(path).samples, "<i2")) for path in sorted(_music(sounds))]
    return _source(tuning, said, music, 0), _source(held_out, said, music, 1)


def corpus(source: Source, people: int, machines: int, seed: int = 5) -> Iterator[Scene]:
    """So many scenes, each kind as often as it is, lines in turn."""
    for wanted, of_people in ((people, True), (machines, False)):
        kinds = [kind for kind, often in _OFTEN.items() for _ in range(often) if (kind in PEOPLE) is of_people]
        for place in range(wanted):
            chance = np.random.default_rng((seed, of_people, place, int(source.half == "tuning")))
            yield _scene(source, kinds[place * 7 % len(kinds)], chance, place)


def _scene(source: Source, kind: Kind, chance: Chance, place: int) -> Scene:
    line = LINES[(place + place // len(LINES)) % len(LINES)]
    heard = _MAKERS[kind](source, chance)
    level = one(_LEVELS_DBFS, chance)
    sound, starts, ends = _laid_out(heard, level)
    beep_end = seconds(sound) if heard.beep is not None else None
    length_s = max(LENGTH_S, seconds(sound) + 4.0)
    callee = laid(silence(length_s), sound, 0.0)
    if heard.behind is not None:
        callee = callee + np.resize(heard.behind, len(callee)) * 10 ** (level / 20)
    first = next(
        (place for place, gap_s in enumerate(heard.gaps_s[1:]) if gap_s >= _HEARD_AS_ONE_S), len(heard.pieces) - 1
    )
    return Scene(
        name=f"{source.half} {place}",
        kind=kind,
        line=line,
        callee=in_place(callee, line, level, chance),
        speaks_at_s=starts[0] if starts else 0.0,
        greeted_at_s=ends[first] if ends else 0.0,
        beep_end_s=beep_end,
        seed=place,
    )


def _laid_out(heard: Heard, level: float) -> tuple[Sound, list[float], list[float]]:
    sound, starts, ends = silence(0), [], []
    for piece, gap_s in zip(heard.pieces, heard.gaps_s, strict=True):
        starts.append(seconds(sound) + gap_s)
        sound = np.concatenate((sound, silence(gap_s), at_level(piece, level)))
        ends.append(seconds(sound))
    if heard.beep is not None:
        sound = np.concatenate((sound, silence(0.4), heard.beep * 10 ** ((level + 3) / 20)))
    return sound, starts, ends


def _hello(source: Source, chance: Chance) -> Heard:
    return Heard([one(source.greetings, chance)], [chance.uniform(0.1, 1.2)])


def _twice(source: Source, chance: Chance) -> Heard:
    word = one(source.greetings, chance)
    return Heard([word, word], [chance.uniform(0.1, 1.0), chance.uniform(0.3, 1.2)])


def _firm(source: Source, chance: Chance) -> Heard:
    return Heard([one(source.firms, chance)], [chance.uniform(0.1, 1.0)])


def _late(source: Source, chance: Chance) -> Heard:
    return Heard([one(source.greetings, chance)], [chance.uniform(0.5, 3.0)])


def _asks(source: Source, chance: Chance) -> Heard:
    question = one(source.clauses, chance)
    return Heard([one(source.greetings, chance), question], [chance.uniform(0.1, 0.8), chance.uniform(0.7, 1.5)])


def _talker(source: Source, chance: Chance) -> Heard:
    """Somebody who says a lot at once, and breathes."""
    pieces, gaps = [one(source.greetings, chance)], [chance.uniform(0.1, 0.8)]
    wanted_s = chance.uniform(2.0, 4.0)
    while sum(map(seconds, pieces)) + sum(gaps[1:]) < wanted_s:
        pieces.append(one(source.clauses, chance))
        gaps.append(chance.uniform(0.25, 0.8))
    return Heard(pieces, gaps)


def _radio(source: Source, chance: Chance) -> Heard:
    below_db = chance.uniform(10, 22)
    behind = _sung(source, chance) if chance.random() < 0.5 else _speaker(source, chance)
    word = one(source.greetings, chance)
    return Heard([word], [chance.uniform(0.1, 1.2)], behind=at_level(behind, -below_db))


def _speaker(source: Source, chance: Chance) -> Sound:
    """Somebody on television, in the room."""
    said = np.concatenate([one(source.sentences, chance) for _ in range(6)])
    return band(in_a_room(said, chance), 250, 3000)


def _till(source: Source, chance: Chance) -> Heard:
    behind = silence(LENGTH_S)
    for _ in range(int(chance.integers(2, 7))):
        at_s = chance.uniform(0, LENGTH_S - 1)
        beep = tone(chance.uniform(1800, 3200), chance.uniform(0.06, 0.25))
        behind = laid(behind, beep * 10 ** (-chance.uniform(6, 20) / 20), at_s)
        behind = laid(behind, at_level(clatter(chance), -chance.uniform(8, 18)), chance.uniform(0, LENGTH_S - 2))
    return Heard([one(source.greetings, chance)], [chance.uniform(0.1, 1.2)], behind=behind)


def _voicemail(source: Source, chance: Chance) -> Heard:
    pieces, gaps = _sentences(source, chance, chance.uniform(4, 12))
    return Heard(pieces, [chance.uniform(0.1, 2.5), *gaps], _beep(chance))


def _friendly(source: Source, chance: Chance) -> Heard:
    pieces, gaps = _sentences(source, chance, chance.uniform(3, 8))
    first = one(source.greetings, chance)
    return Heard([first, *pieces], [chance.uniform(0.1, 1.5), chance.uniform(0.2, 0.9), *gaps], _beep(chance))


def _brief(source: Source, chance: Chance) -> Heard:
    return Heard([one(source.firms, chance)], [chance.uniform(0.3, 2.0)], _beep(chance))


def _announcement(source: Source, chance: Chance) -> Heard:
    said = one(source.announcements, chance)
    return Heard([said, said], [chance.uniform(0.1, 1.5), chance.uniform(0.8, 1.5)])


def _menu(source: Source, chance: Chance) -> Heard:
    pieces, gaps = _sentences(source, chance, chance.uniform(6, 12), (0.3, 0.9))
    return Heard(pieces, [chance.uniform(0.1, 1.5), *gaps])


def _tones(source: Source, chance: Chance) -> Heard:
    three = [tone(hertz, 0.33) for hertz in (950, 1400, 1800)]
    return Heard([np.concatenate(three), one(source.announcements, chance)], [chance.uniform(0.1, 0.5), 0.4])


def _fax(_source: Source, chance: Chance) -> Heard:
    return Heard([tone(2100, 2.8)], [chance.uniform(0.2, 1.5)])


def _hold(source: Source, chance: Chance) -> Heard:
    return Heard([_sung(source, chance)[: 10 * RATE]], [chance.uniform(0.1, 0.5)])


_MAKERS: dict[Kind, Callable[[Source, Chance], Heard]] = {
    Kind.HELLO: _hello,
    Kind.TWICE: _twice,
    Kind.FIRM: _firm,
    Kind.LATE: _late,
    Kind.ASKS: _asks,
    Kind.TALKER: _talker,
    Kind.MUTE: lambda _source, _chance: Heard([], []),
    Kind.RADIO: _radio,
    Kind.TILL: _till,
    Kind.VOICEMAIL: _voicemail,
    Kind.FRIENDLY: _friendly,
    Kind.BRIEF: _brief,
    Kind.ANNOUNCEMENT: _announcement,
    Kind.MENU: _menu,
    Kind.TONES: _tones,
    Kind.FAX: _fax,
    Kind.MUSIC: _hold,
}


def _sentences(
    source: Source, chance: Chance, length_s: float, pauses_s: tuple[float, float] | None = None
) -> tuple[list[Sound], list[float]]:
    """Sentences of so many seconds in all; the pauses between them, a little longer than those within."""
    pieces: list[Sound] = []
    while sum(map(seconds, pieces)) < length_s:
        pieces.append(one(source.sentences, chance))
    gaps = [
        chance.uniform(*pauses_s) if pauses_s else one(source.natural_s, chance) + chance.uniform(0, 0.3)
        for _ in pieces[1:]
    ]
    return pieces, gaps


def _beep(chance: Chance) -> Sound:
    """As recorders make it."""
    hertz = one((425.0, 440.0, 620.0, 850.0, 1000.0, 1200.0, 1400.0), chance)
    return tone(hertz, chance.uniform(0.12, 0.8))


def tone(hertz: float, length_s: float) -> Sound:
    """A sine with ends of 5 ms, of a mean square of 1."""
    at = np.arange(round(length_s * RATE)) / RATE
    ends = np.clip(np.minimum(at, length_s - at) / 0.005, 0, 1)
    return np.asarray(np.sqrt(2) * np.sin(2 * np.pi * hertz * at) * ends)


def _sung(source: Source, chance: Chance) -> Sound:
    music = one(source.music, chance)
    return np.roll(music, -int(chance.integers(len(music))))[: 16 * RATE]


def one(of: Sequence[_T], chance: Chance) -> _T:
    """Any of them."""
    return of[int(chance.integers(len(of)))]


def _music(sounds: Path) -> Iterator[Path]:
    """Music on hold lies beside the sounds."""
    return next((folder / "moh" for folder in sounds.parents if (folder / "moh").is_dir()), sounds).glob("*.wav")


def _source(of: turns.Source, said: dict[str, list[Sound]], music: list[Sound], half: int) -> Source:
    clauses = tuple(piece.sound for piece in of.clauses)
    firm = tuple(sound for sound in clauses if 1.0 <= seconds(sound) <= 2.4)
    return Source(
        of.half,
        greetings=(*(piece.sound for piece in of.short), *said["greetings"][half::2] * 4),
        firms=(*firm, *said["firms"][half::2] * 4),
        clauses=clauses,
        sentences=tuple(piece.sound for piece in of.sentences),
        announcements=tuple(said["announcements"][half::2]),
        music=tuple(sound for sound in music[half::2] if level_db(sound) > -60),
        natural_s=of.natural_s,
    )


async def _spoken() -> dict[str, list[Sound]]:
    engine = Espeak(workers=1)
    await engine.start()
    try:
        return {
            name: [trimmed(await _rendered(engine, Speech(text, language))) for text, language in texts]
            for name, texts in (("greetings", GREETINGS), ("firms", FIRMS), ("announcements", ANNOUNCEMENTS))
        }
    finally:
        await engine.close()


async def _rendered(engine: Espeak, speech: Speech) -> Sound:
    chunks = [chunk async for chunk in engine.speak(speech)]
    whole = to_telephone(Pcm(chunks[0].rate, b"".join(chunk.samples for chunk in chunks)))
    return from_pcm(np.frombuffer(whole.samples, "<i2"))
