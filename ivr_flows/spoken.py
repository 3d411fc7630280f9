"""Numbers that callers say: how flows are told of them. What a text says is read by whoever has the words."""

from __future__ import annotations

from collections.abc import Callable

NumberReader = Callable[[str, str], tuple[str, str]]
"""What was said, and its language → the one number that it says ("25", "" where it says none), and the row of digits
that it says ("988" for nine double eight; "" where it says anything else)."""


def figures_only(text: str, _language: str) -> tuple[str, str]:
    """A `NumberReader` that knows figures alone."""
    figures = text.strip() if text.strip().isdecimal() and text.strip().isascii() else ""
    return figures, figures
