"""Hints for the voice, in square brackets: `[pause]`, `[pause 800ms]`, `[slow]…[/slow]`, `[fast]…`, `[spell]…`.

`[laugh]` and its like are left to engines that know them; the others leave them out. They stay in the text with an
invisible mark behind the bracket (U+2063), which the media know them by. `[[` is a bracket and no hint.
Hints are found in what the author wrote, before variables are filled in: a value is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

PAUSE_MS = 400
SPEEDS = {"slow": 0.8, "fast": 1.2}
SPELL = "spell"
SOUNDS = frozenset({"laugh", "chuckle", "sigh", "cough", "breath"})
"""What some engines can do beside speaking."""
_AROUND = frozenset({*SPEEDS, SPELL})
_NAMES = ("pause", *SPEEDS, SPELL, *sorted(SOUNDS))
_TAG = re.compile(r"\[\[|\[([^\[\]]*)\]")
_PAUSE = re.compile(r"^pause(?:\s+(\d+(?:\.\d+)?)\s*(ms|s))?$")
_MOST_PAUSE_MS = 5000
_FIRST_MARK = 0xE000
_AUTHORS = "\u2063"
_MARKS = re.compile("[\ue000-\uf8ff]")
"""Characters of private use: nobody writes them, and a value that holds one loses it."""


class MarkupError(ValueError):
    """A hint that can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: where something begins or ends, or a pause."""

    name: str
    ends: bool = False
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with a mark in place of each hint."""

    text: str
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of what is said: a pause, or text with how it is said."""

    text: str = ""
    pause_ms: int = 0
    speed: float = 1.0
    spelled: bool = False


@lru_cache(maxsize=8192)
def marked(text: str) -> Marked:
    """The text with its hints taken out. Raises `MarkupError`."""
    text = unmarked(text)
    if "[" not in text:
        return Marked(text, ())
    hints: list[Hint] = []

    def mark(found: re.Match[str]) -> str:
        if found[0] == "[[":
            return "["
        hint = _hint(found[1].strip())
        if hint is None:
            return f"[{_AUTHORS}{found[1].strip()}]"
        hints.append(hint)
        return chr(_FIRST_MARK + len(hints) - 1)

    without = _TAG.sub(mark, text)
    _check_pairs(hints)
    return Marked(without, tuple(hints))


def spans(filled: str, hints: tuple[Hint, ...]) -> Iterator[Span]:
    """What is said, in order, of a marked text whose variables have been filled in."""
    speed, spelled, begun = 1.0, False, 0
    for found in _MARKS.finditer(filled):
        if text := filled[begun : found.start()].strip():
            yield Span(text, speed=speed, spelled=spelled)
        begun = found.end()
        if (number := ord(found[0]) - _FIRST_MARK) >= len(hints):
            continue
        hint = hints[number]
        if hint.pause_ms:
            yield Span(pause_ms=hint.pause_ms)
        elif hint.name == SPELL:
            spelled = not hint.ends
        else:
            speed = 1.0 if hint.ends else SPEEDS[hint.name]
    if text := filled[begun:].strip():
        yield Span(text, speed=speed, spelled=spelled)


def unmarked(value: str) -> str:
    """A text without characters that would be taken for marks."""
    return _MARKS.sub("", value).replace(_AUTHORS, "")


def _hint(tag: str) -> Hint | None:
    """The hint that a tag is; None for a sound, which is the engine's."""
    if tag in SOUNDS:
        return None
    if pause := _PAUSE.match(tag):
        return Hint("pause", pause_ms=_pause_ms(pause))
    name = tag.removeprefix("/")
    if name in _AROUND:
        return Hint(name, ends=tag.startswith("/"))
    close = get_close_matches(name.split(" ")[0], _NAMES, n=1)
    meant = f"did you mean [{close[0]}]?" if close else f"known: {', '.join(f'[{name}]' for name in _NAMES)}"
    raise MarkupError(f"there is no hint [{tag}]; {meant} A bracket that is meant as one is written [[")


def _pause_ms(found: re.Match[str]) -> int:
    if found[1] is None:
        return PAUSE_MS
    milliseconds = round(float(found[1]) * (1 if found[2] == "ms" else 1000))
    if not 0 < milliseconds <= _MOST_PAUSE_MS:
        raise MarkupError(f"a pause lasts at most {_MOST_PAUSE_MS / 1000:g} s, got {found[0]}")
    return milliseconds


def _check_pairs(hints: list[Hint]) -> None:
    open_hint = ""
    for hint in hints:
        if hint.name not in _AROUND:
            continue
        if hint.ends and hint.name != open_hint:
            raise MarkupError(f"[/{hint.name}] ends nothing" + (f"; [{open_hint}] is open" if open_hint else ""))
        if not hint.ends and open_hint:
            raise MarkupError(f"[{hint.name}] begins within [{open_hint}]; end that first")
        open_hint = "" if hint.ends else hint.name
    if open_hint:
        raise MarkupError(f"[{open_hint}] has no [/{open_hint}]")
