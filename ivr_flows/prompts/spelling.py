"""Letters and digits one by one."""

from __future__ import annotations

import re

_SIGNS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d"
"""What belongs to the Devanagari letter before it."""
_LETTER = re.compile(rf"[^\W_][{_SIGNS}]*")
_BETWEEN = re.compile(rf"[^\w{_SIGNS}]+|_+")


def digit_by_digit(text: str) -> str:
    """An order number: its digits and letters (with their signs) one by one, its dashes and strokes as pauses."""
    groups = (_LETTER.findall(group) for group in _BETWEEN.split(text))
    return ", ".join(" ".join(letters).upper() for letters in groups if letters)
