"""What a hint says is likely to be said, as much of it as an engine takes. Pure."""

from __future__ import annotations

from media.asr.protocol import Hint


def likely(hint: Hint, most: int, most_tokens: int) -> list[str]:
    """The hint's words, then its phrases, once each: at most so many, of so many tokens at most in all."""
    taken: list[str] = []
    for term in dict.fromkeys(" ".join(term.split()) for term in (*hint.words, *hint.phrases)):
        most_tokens -= tokens(term)
        if most_tokens < 0 or len(taken) == most:
            break
        if term:
            taken.append(term)
    return taken


def tokens(text: str) -> int:
    """About how many tokens a byte-level vocabulary makes of it, rather too many: one for two UTF-8 bytes (a letter of
    Devanagari has three), and one for what holds terms apart.
    """
    return 1 + -(-len(text.encode()) // 2)
