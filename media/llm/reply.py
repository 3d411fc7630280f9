"""What of a mind's text may be spoken: whole sentences within a budget, and nothing that was never meant for the ear.

A mind writes as it was taught to: emoji, markdown, stage directions, thoughts of its own. What it writes in square
brackets is left out, `[laugh]` too: hints for the voice are an author's, never a mind's. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"[।॥]+[\"'”’)\]*_]*\s*|[.!?…]+[\"'”’)\]*_]*(?:\s+|$)|\s*\n\s*")
"""Where a sentence ends: a danda, another mark before a space, or the end of a line."""
_LAST_WORD = re.compile(r"(?:^|[\s(\"'“])([^\s(\"'“]*)\.$")
_SHORTENED = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "nos", "vs", "approx", "rs", "inr", "dept", "ext", "govt", "pvt", "ltd"}
    | {"e.g", "i.e", "रु", "डॉ", "नं", "श्री", "प्रा", "कि", "सौ"}
)
"""Words whose full stop ends no sentence; so do single letters ("a.m."), and a number in front ("1.")."""
_CLOSING = {"<think>": "</think>", "<tool_call>": "</tool_call>", "```": "```"}
"""Around what a mind writes for itself, or for a machine."""
_OPENING = re.compile("|".join(_CLOSING))
_MACHINE = re.compile(r"\s*\{\s*[\"'}]|\s*\[\s*\{")
"""The beginning of JSON: a call that should have been a tool's."""
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_BRACKETED = re.compile(r"\[[^\[\]]*\]|<[^<>]*>")
_STARRED = re.compile(r"(\*{1,3}|_{1,3})(?=\S)([^*_]+?)(?<=\S)\1")
_ASIDE = re.compile(r"\(([^()]*)\)")
_STAGE = re.compile(
    r"\s*(?:\w+ly\s+|a\s+|with\s+a\s+)*(?:laugh|chuckl|sigh|cough|breath|smil|giggl|gasp|paus|whisper|nod|grin|wink|"
    r"sniff|groan|yawn|sob|beat\b|silence\b|clear(?:s|ing)?\s+(?:\w+\s+)?throat|हँस|हंस|मुस्कुरा|मुस्करा|साँस|सांस|हसत|हसून)",
    re.IGNORECASE,
)
"""What somebody on a stage does. Other words between stars are meant to be said."""
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s|[-*+•>]\s)\s*")
_UNSPOKEN = re.compile(r"[*_`~#|\\^{}\[\]<>]+")
_BEFORE_MARK = re.compile(r"(?<=[^\s.,!?;:।॥…])\s+([.,!?;:।॥…]+)(?=\s|$)")
_LONE_MARKS = re.compile(r"(?<!\S)[^\w\s₹$€£%+=&@°]+(?!\S)")
_SPACE = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_DANDAS = "।॥"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be said at a time."""

    sentences: int = 2
    characters: int = 300


class Reply:
    """A reply as it comes, in pieces cut anywhere: what of it is said, sentence by sentence."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.said: list[str] = []
        """The sentences so far."""
        self.full = False
        """Whether nothing more will be said of it."""
        self._budget = budget or Budget()
        self._hidden = _Hidden()
        self._rest = ""

    def take(self, piece: str) -> list[str]:
        """The sentences that are whole now."""
        self._rest += self._hidden.take(piece)
        return list(self._sentences(ended=False))

    def finish(self) -> list[str]:
        """The last one, where the text just ended."""
        self._rest += self._hidden.finish()
        return list(self._sentences(ended=True))

    def _sentences(self, *, ended: bool) -> Iterator[str]:
        while not self.full and (length := _sentence_length(self._rest, ended=ended)):
            if _MACHINE.match(self._rest):
                self.full = True
                return
            sentence, self._rest = cleaned(self._rest[:length]), self._rest[length:]
            if sentence:
                yield from self._within_budget(sentence)
        if not self.full and len(self._rest) > 2 * self._budget.characters:
            yield from self._within_budget(cleaned(self._rest))
            self.full = True

    def _within_budget(self, sentence: str) -> Iterator[str]:
        """The sentence; the first one shortened where it is too long, a later one left out, and all after it."""
        left = self._budget.characters - sum(len(said) + 1 for said in self.said)
        self.full = len(sentence) > left or len(self.said) + 1 >= self._budget.sentences
        if len(sentence) > left and self.said:
            return
        if kept := sentence if len(sentence) <= left else _shortened(sentence, left):
            self.said.append(kept)
            yield kept


def spoken(text: str, budget: Budget | None = None) -> str:
    """What is said of a whole reply; "" where nothing of it can be."""
    reply = Reply(budget)
    reply.take(text)
    reply.finish()
    return " ".join(reply.said)


def cleaned(text: str) -> str:
    """One line of `text` without markup, stage directions, emoji and marks that stand alone; "" without a word."""
    text = _LINE_MARK.sub("", unicodedata.normalize("NFC", text))
    text = _BRACKETED.sub(" ", _LINK.sub(r"\1", text))
    text = _ASIDE.sub(_unless_staged, _STARRED.sub(_unless_staged, text))
    text = "".join(character if _has_sound(character) else " " for character in _UNSPOKEN.sub(" ", text))
    text = _LONE_MARKS.sub(" ", _BEFORE_MARK.sub(r"\1", text))
    text = _SPACE.sub(" ", text).strip()
    return text if any(character.isalnum() for character in text) else ""


class _Hidden:
    """Leaves out what stands between an opening mark and its closing one, or after an opening one."""

    def __init__(self) -> None:
        self._rest = ""
        self._closing = ""

    def take(self, piece: str) -> str:
        """What is to be seen of it."""
        self._rest += piece
        seen = ""
        while True:
            if self._closing:
                if self._closing not in self._rest:
                    self._rest = self._rest[-len(self._closing) :]
                    return seen
                self._rest, self._closing = self._rest.partition(self._closing)[2], ""
            elif found := _OPENING.search(self._rest):
                seen += self._rest[: found.start()] + " "
                self._rest, self._closing = self._rest[found.end() :], _CLOSING[found[0]]
            else:
                kept = len(self._rest) - _begun(self._rest)
                seen, self._rest = seen + self._rest[:kept], self._rest[kept:]
                return seen

    def finish(self) -> str:
        """What was held back because an opening mark might have begun with it."""
        rest, self._rest = "" if self._closing else self._rest, ""
        return rest


def _begun(text: str) -> int:
    """How many characters at its end may be the beginning of an opening mark."""
    longest = max(map(len, _CLOSING)) - 1
    sizes = range(min(longest, len(text)), 0, -1)
    return next((size for size in sizes if any(mark.startswith(text[-size:]) for mark in _CLOSING)), 0)


def _sentence_length(text: str, *, ended: bool) -> int:
    """How much of a text its first sentence takes; 0 where none is whole yet. `ended`: nothing follows."""
    begun = len(text) - len(text.lstrip())
    for found in _END.finditer(text, begun):
        end = found[0]
        if "\n" in end:
            return found.end()
        sure = ended or end[0] in _DANDAS or end[-1].isspace()
        if sure and _closed(text[: found.end()]) and not _is_shortened(text[: found.start() + 1]):
            return found.end()
    return len(text) if ended else 0


def _closed(text: str) -> bool:
    """Whether no bracket or star is open: what is between them is one."""
    text = _LINE_MARK.sub("", text)
    return (
        all(text.count(opening) <= text.count(closing) for opening, closing in ("[]", "()")) and not text.count("*") % 2
    )


def _is_shortened(text: str) -> bool:
    """Whether its last full stop belongs to the word before it."""
    found = _LAST_WORD.search(text)
    word = found[1].casefold() if found else ""
    listed = word.isdigit() and text.strip() == f"{word}."
    letter = word.rpartition(".")[2]
    return bool(found) and (word in _SHORTENED or listed or not letter or (len(letter) == 1 and letter.isalpha()))


def _unless_staged(found: re.Match[str]) -> str:
    words = found[found.lastindex or 0]
    if _STAGE.match(words):
        return " "
    return words if found[0][0] in "*_" else found[0]


def _shortened(sentence: str, most: int) -> str:
    """As much of it as fits, to the end of a clause if that is not too little, else of a word."""
    begun = sentence[: most + 1]
    clause = max(begun.rfind(mark) for mark in (", ", "; ", ": ", " – ", " — "))
    return begun[: clause if clause > most // 2 else begun.rfind(" ")].rstrip() if " " in begun else sentence[:most]


def _has_sound(character: str) -> bool:
    """Emoji, symbols of no currency and control characters have none; joiners, which Devanagari needs, stay."""
    if character in _JOINERS or character in "+=%&@°":
        return True
    category = unicodedata.category(character)
    return (category[0] in "LMNPZ" and not 0xFE00 <= ord(character) <= 0xFE0F) or category == "Sc"
