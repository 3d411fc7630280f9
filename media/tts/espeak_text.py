"""What espeak-ng's English voices read wrong, written so that they read it right. Pure.

A capital A within a clause is read as the article ("wing uh twelve"), unless a mark parts it from what follows. Where
it is a letter, it is written as they say it.
"""

from __future__ import annotations

import re

_SAID = "eh"
"""Said as the letter's name, [eɪ]; "ay" would be said as "eye"."""
_NAMED = re.compile(
    r"(?:annexe?|bay|block|building|class|counter|exit|flat|floor|gate|grade|group|hall|hepatitis|house|key|lane|letter|"
    r"line|option|part|phase|plan|platform|plot|pocket|point|quarter|room|row|seat|section|sector|series|shop|stall|street|"
    r"team|terminal|tower|type|unit|vitamin|wing|zone)s?",
    re.IGNORECASE,
)
"""What is told apart by letters."""
_COUNTED = (
    r"(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|one (?:zero|one|two|three|four|five|six|seven|eight|nine)|\d)\b"
)
_AS_LETTER = re.compile(rf"{_COUNTED}|[A-Z]\b|(?:and|or|to) [A-Z]\b")
"""What follows a letter, wherever it stands."""
_LONE = re.compile(r"(?<![\w'.])A(?= \w)")
_BEFORE = re.compile(r"([^\W_]+)[ -]\Z")


def as_read(text: str) -> str:
    """Prepared English text, with each A that is a letter written as it sounds."""
    return _LONE.sub(lambda found: _SAID if _is_letter(text, found.start()) else "A", text)


def _is_letter(text: str, at: int) -> bool:
    follows = text[at + 2 :]
    if _AS_LETTER.match(follows):
        return True
    before = _BEFORE.search(text[:at])
    if not before:
        return False
    return bool(_NAMED.fullmatch(before[1])) or follows[0].islower()
