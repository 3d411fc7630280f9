"""Numbers among what callers say, for flows: the words are those of media/asr/spoken."""

from __future__ import annotations

from ivr_flows.commands import Wait
from media.asr.spoken.numbers import digits, number


def read_number(text: str, language: str) -> tuple[str, str]:
    """A `ivr_flows.spoken.NumberReader` of en, hi and mr."""
    value = number(text, language)
    return ("" if value is None else format(value, "f")), digits(text, language)


def number_for(wait: Wait, text: str, heard_in: str) -> tuple[str, str]:
    """The same, where a number is waited for at all. `heard_in`: the language that was heard, "" for the wait's."""
    return read_number(text, heard_in or wait.language) if wait.numbers else ("", "")
