"""Two versions of one thing, as plain JSON values, compared leaf by leaf; each leaf is told for what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ivr_flows.diff.model import Change

_LANGUAGES = frozenset({"hi", "mr", "en"})
_WAYS = frozenset({"next", "then", "failed", "already", "otherwise", "gives_up", "start", "canceled"})
_TIMES = frozenset({"after", "longest", "silence", "timeout", "wait", "ring", "between_keys"})
"""Held in milliseconds."""
_THRESHOLDS = frozenset({"confidence", "tries", "turns", "most_waits", "min", "max", "between"})
_NOT_HEARD = frozenset({"description"})
Place = tuple[str, ...]


def compared(old: Any, new: Any, place: Place = ()) -> Iterator[Change]:
    """Every difference that makes one to a caller."""
    if old == new or (place and place[-1] in _NOT_HEARD and "exits" not in place):
        return
    if _is_prompt(old) or _is_prompt(new):
        yield from _heard(old or {}, new or {}, place)
    elif _is_words(old) or _is_words(new):
        yield from _understood(old or {}, new or {}, place)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from compared(old.get(key), new.get(key), (*place, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and _are_mappings(old + new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from compared(one, other, (*place, str(index + 1)))
    else:
        yield Change(_shown_place(place), _kind(place), _shown(old, place), _shown(new, place))


def words_of(prompt: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> str:
    """A prompt's line as it is read."""
    return " ".join(_piece(piece) for piece in prompt.get(language, ()))


def _piece(piece: Mapping[str, Any]) -> str:
    if "text" not in piece:
        return " ".join(f"<{key} {value}>" for key, value in piece.items())
    how = "".join(
        f" <{key} {value}>" for key, value in piece.items() if key != "text" and value not in ("", None, 1.0, False)
    )
    return f"{piece['text']}{how}"


def _heard(old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> Iterator[Change]:
    for language in dict.fromkeys((*old, *new)):
        before, after = words_of(old, language), words_of(new, language)
        if before != after:
            yield Change(_shown_place(place), f"is heard in {language}", before, after)


def _understood(old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> Iterator[Change]:
    for language in dict.fromkeys((*old, *new)):
        before, after = old.get(language, []), new.get(language, [])
        gone = [phrase for phrase in before if phrase not in after]
        more = [phrase for phrase in after if phrase not in before]
        if gone or more:
            yield Change(_shown_place(place[:-1]), f"is understood in {language}", ", ".join(gone), ", ".join(more))


def _is_prompt(value: Any) -> bool:
    return _by_language(value) and all(
        isinstance(line, list) and all(isinstance(piece, dict) for piece in line) for line in value.values()
    )


def _is_words(value: Any) -> bool:
    return _by_language(value) and all(
        isinstance(phrases, list) and all(isinstance(phrase, str) for phrase in phrases) for phrases in value.values()
    )


def _by_language(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= _LANGUAGES


def _are_mappings(values: Sequence[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _kind(place: Place) -> str:
    last = place[-1] if place else ""
    if last in _WAYS or "then" in place[-2:]:
        return "leads to"
    if last == "key" or (place and "language" in place[-2:-1]):
        return "key"
    if last in _TIMES:
        return "time"
    return "threshold" if last in _THRESHOLDS else "value"


def _shown_place(place: Place) -> str:
    return ".".join(place)


def _shown(value: Any, place: Place) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case int() if place and place[-1] in _TIMES and not isinstance(value, bool):
            return f"{value / 1000:g} s"
        case bool():
            return "yes" if value else "no"
        case _:
            return json.dumps(_filled(value), ensure_ascii=False)


def _filled(value: Any) -> Any:
    """Without what is not given."""
    if isinstance(value, dict):
        return {key: _filled(part) for key, part in value.items() if part not in (None, "", {}, [])}
    return [_filled(part) for part in value] if isinstance(value, list) else value
