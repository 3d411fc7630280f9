"""Letters and digits one by one."""

from __future__ import annotations

import re


def digit_by_digit(text: str) -> str:
    """An order number: its digits and letters one by one, its dashes and strokes as pauses."""
    groups = re.split(r"[^A-Za-z0-9]+", text)
    return ", ".join(" ".join(group.upper()) for group in groups if group)
