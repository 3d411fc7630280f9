"""Text made fit for any synthesiser: what is written but not spoken is taken out. Pure.

Numbers, money and times are worded by the flow language (ivr_flows.prompts); here only what would be
read aloud by mistake.
"""

from __future__ import annotations

import re
import unicodedata

_FENCE = re.compile(r"```.*?```", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_STAGE = re.compile(r"\[[^\]]*\]|<[^>]*>|\*[^*\n]*\*(?!\*)(?<!\*\*)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}|[-*+•]|>)[ \t]+", re.MULTILINE)
_UNSPOKEN = re.compile(r"[*_`~#|\\^{}\[\]<>]+")
_LINE_END = re.compile(r"(?<![.!?।॥:;,\s])[ \t]*\n+")
_LONE_MARKS = re.compile(r"(?<!\S)[.,!?।॥:;…\-–—'\"“”‘’()]+(?!\S)")
_REPEATED = re.compile(r"([!?।॥,;:])\1+|\.{2,}")
_SPACE = re.compile(r"\s+")
_JOINERS = frozenset("\u200c\u200d")
_DANDA = {"hi": "।", "mr": "."}


def prepared(text: str, language: str) -> str:
    """`text` without emoji, markdown, stage directions (`[laughs]`, `*sighs*`, tags) and marks that stand alone.

    Lines become sentences, ended in the language's way. Empty when nothing is left to be said.
    """
    text = unicodedata.normalize("NFC", text)
    text = _IMAGE_OR_LINK.sub(r"\1", _FENCE.sub(" ", text))
    text = _LINE_MARK.sub("", _BOLD.sub(r"\2", text))
    text = _STAGE.sub(" ", text)
    text = "".join(character if _spoken(character) else " " for character in text)
    text = _LINE_END.sub(_DANDA.get(language, ".") + " ", text.strip())
    text = _REPEATED.sub(lambda match: match[1] or ".", _UNSPOKEN.sub(" ", text))
    text = _SPACE.sub(" ", _LONE_MARKS.sub(" ", text)).strip()
    return text if any(character.isalnum() for character in text) else ""


def _spoken(character: str) -> bool:
    """Emoji, symbols of no currency, and control characters are not; the joiners that Devanagari needs stay."""
    if character in _JOINERS or character in "+=%&@°\n\t":
        return True
    category = unicodedata.category(character)
    return (category[0] in "LMNPZ" and not 0xFE00 <= ord(character) <= 0xFE0F) or category == "Sc"
