"""What Whisper is told before it hears a turn: words to expect, and the languages that it may be in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from media.asr.likely import likely
from media.asr.protocol import Hint

_MOST_TERMS, _MOST_TOKENS = 40, 150
"""Of a prompt: more would cost time and draw the text to itself."""
_LEAST_KNOWN = 0.5
"""Of all languages' shares, for the allowed together."""


def prompt(hint: Hint) -> str:
    """Likely words and the listed phrases, written as if they had just been said; "" where nothing is expected."""
    terms = [term.rstrip(" .!?।") for term in likely(hint, _MOST_TERMS, _MOST_TOKENS)]
    return ", ".join(terms) + "." if terms else ""


def languages(hint: Hint, known: Sequence[str]) -> tuple[str, ...]:
    """The languages that a turn may be in, the expected one first; all known ones where the hint names none."""
    named = dict.fromkeys((hint.language, *hint.languages))
    return tuple(code for code in named if code in known) or (() if any(named) else tuple(known))


def likeliest(shares: Mapping[str, float], allowed: Sequence[str]) -> tuple[str, float]:
    """The likeliest of the allowed languages and its share among them; the first of them on a tie.

    Raises `ValueError` when none is allowed.
    """
    if not allowed:
        raise ValueError("expected at least one language to choose from")
    total = sum(shares.get(code, 0.0) for code in allowed)
    best = max(allowed, key=lambda code: shares.get(code, 0.0))
    return best, shares.get(best, 0.0) / total if total else 1 / len(allowed)


def shares_of(told: Mapping[str, float], allowed: Sequence[str]) -> dict[str, float]:
    """The allowed languages' shares among them; none where the model takes it for something else altogether.

    What it takes for Urdu counts as Hindi where that alone is allowed: spoken, they are hardly told apart.
    """
    found = {code: told.get(code, 0.0) for code in allowed}
    if "hi" in found and "ur" not in found:
        found["hi"] += told.get("ur", 0.0)
    total = sum(found.values())
    return {code: share / total for code, share in found.items()} if total >= _LEAST_KNOWN else {}
