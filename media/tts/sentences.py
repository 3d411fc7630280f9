"""Where a sentence ends, in text that still comes: English, Hindi, Marathi. Pure.

A full stop is no end within a number or an address (3.5, example.com), after a title (Dr., डॉ.), an initial (A. P. J.),
or before the number that it announces (No. 5, रु. 250). Sentence ends of the Devanagari script: danda and double danda.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 240
"""A sentence that goes on for longer is cut at its last comma, or else between two words."""
_END = re.compile(r"[.!?…।॥]+[\"'”’)\]}»]*|\n+")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«]+\Z")
_BREATH = re.compile(r"[,;:–—][\"'”’)\]}»]*\s")
_TITLES = re.compile(
    r"mrs?|ms|dr|prof|st|sr|smt|shri|capt|col|gen|e\.g|i\.e|vs|viz|approx|डॉ|डा|श्री|श्रीमती|सौ|कु|प्रो|अॅड|ॲड|चि|स्व"
)
"""Something always follows these."""
_ANNOUNCING = re.compile(r"nos?|rs|inr|ph|ext|fig|apt|pp|नं|क्र|सं|रु|रू|ता|पृ")
"""A number may follow these, and then the sentence goes on."""
_ENDING = re.compile(r"etc|a\.m|p\.m|am|pm|jr|ltd|inc|co|pvt|rd|ave|sq|वगैरह|इ|वि")
"""A sentence may end with these: it does where a capital follows."""


class SentenceCutter:
    """Text in, in pieces of any size; sentences out as soon as each is known to have ended."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._text = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that ended with this piece. An end is known only by what follows it."""
        self._text += piece
        return self._sentences(final=False)

    def finish(self) -> list[str]:
        """What is left, now that no more text comes."""
        sentences = self._sentences(final=True)
        rest, self._text = self._text.strip(), ""
        return [*sentences, rest] if rest else sentences

    def _sentences(self, *, final: bool) -> list[str]:
        found = []
        while (end := self._next_end(final=final)) is not None:
            sentence, self._text = self._text[:end].strip(), self._text[end:]
            if sentence:
                found.append(sentence)
        return found

    def _next_end(self, *, final: bool) -> int | None:
        for mark in _END.finditer(self._text):
            if mark.end() > self._most:
                break
            if mark.end() == len(self._text) and not final:
                break
            ends = _ends(self._text, mark, final=final)
            if ends:
                return mark.end()
            if ends is None:
                break
        return _breath(self._text, self._most) if len(self._text) > self._most else None


def sentences(text: str, most_characters: int = MOST_CHARACTERS) -> list[str]:
    """All sentences of a text that is there already."""
    cutter = SentenceCutter(most_characters)
    return [*cutter.feed(text), *cutter.finish()]


def _ends(text: str, mark: re.Match[str], *, final: bool) -> bool | None:
    """Whether the sentence ends at this mark; None while what follows must be known first."""
    if mark[0][0] in "\n।॥":
        return True
    rest = text[mark.end() :]
    if rest and not rest[0].isspace():
        return False
    follows = rest.lstrip()[:1]
    stops = mark[0].rstrip("\"'”’)]}»")
    if stops in {"…", "..", "..."}:
        return not follows.islower() if follows or final else None
    return _full_stop_ends(text[: mark.start()], follows, final=final) if stops == "." else True


def _full_stop_ends(before: str, follows: str, *, final: bool) -> bool | None:
    match = _LAST_WORD.search(before)
    word = match[0].lower() if match else ""
    announcing = _ANNOUNCING.fullmatch(word)
    if announcing or _ENDING.fullmatch(word):
        if not follows and not final:
            return None
        return not follows.isdigit() if announcing else not follows or follows.isupper()
    numbers_a_list = word.isdigit() and word == before.strip()
    return not (numbers_a_list or _TITLES.fullmatch(word) or _is_initial(word))


def _is_initial(word: str) -> bool:
    """One letter, or several with stops between: A., U.S., ल. Not "I", which ends sentences."""
    return bool(word) and word != "i" and all(len(letter) == 1 and letter.isalpha() for letter in word.split("."))


def _breath(text: str, most: int) -> int:
    """Where to cut a sentence that is too long: after its last comma, else its last space, else in mid-word."""
    head = text[:most]
    breaths = [match.end() for match in _BREATH.finditer(head)]
    space = max(head.rfind(" "), head.rfind("\n"))
    return next((end for end in (*breaths[-1:], space + 1) if end > most // 3), most)
