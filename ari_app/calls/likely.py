"""Words that a caller is likely to say: those of the order that the call is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_MOST = 40
_LONGEST = 40
"""Characters: longer texts are addresses and remarks, which nobody repeats."""


def likely_words(values: Mapping[str, object]) -> tuple[str, ...]:
    """The names among a flow's values, however deep, once each and in their order: recognisers take them as hints."""
    found = (text for value in values.values() for text in _texts(value))
    return tuple(dict.fromkeys(text for text in found if _is_name(text)))[:_MOST]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST and any(map(str.isalpha, text)) and not any(map(str.isdigit, text))
