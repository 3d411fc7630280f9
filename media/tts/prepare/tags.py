"""An author's tags, told from brackets in a value: sounds that some engines make beside speaking, `[laugh]` …

An author's tag holds an invisible mark (U+2063) behind its bracket. ivr_flows/prompts/markup.py puts it there, and
takes it out of values and of a mind's texts: their brackets are no tags, whatever stands in them.
"""

from __future__ import annotations

import re

MARK = "\u2063"
_AUTHORED = re.compile(rf"\[{MARK}([a-z]+)\]")


def authored(tag: str) -> str:
    """A tag as an author's text holds it."""
    return f"[{MARK}{tag}]"


def unmarked(text: str) -> str:
    """A prepared text as an engine reads its tags: `[laugh]`."""
    return text.replace(MARK, "")


def split(text: str, known: frozenset[str]) -> list[str]:
    """Text and tags by turns, text first; a tag that is not `known` is a comma, the shortest of pauses."""
    pieces = _AUTHORED.split(text)
    parts = [pieces[0].replace(MARK, "")]
    for tag, behind in zip(pieces[1::2], pieces[2::2], strict=True):
        said = behind.replace(MARK, "")
        if tag in known:
            parts += [authored(tag), said]
        else:
            parts[-1] += f" , {said}"
    return parts
