"""How far a phrase is from a text: phones for phones, and whole words passed over on either side. Pure."""

from __future__ import annotations

from media.asr.matching.costs import APART
from media.asr.matching.sounds import Sounds


def distance(phrase: Sounds, text: Sounds, most: float) -> float:
    """The cheapest way from `phrase` to the whole of `text` (levels as in media.asr.matching.costs).

    Above `most` it is not worked out to its end, and anything above `most` may be given.
    """
    rows = [_first_row(text)]
    nothing_omitted = not any(phrase.omissions)
    words = zip(phrase.phones, phrase.added, phrase.omissions, phrase.skips, strict=True)
    for phone, missing, omission, word_ends in words:
        row = _row(rows[-1], APART[phone], missing, text)
        if omission:
            start, cost = omission
            row = [now if now < before + cost else before + cost for now, before in zip(row, rows[start], strict=True)]
        if (word_ends or nothing_omitted) and min(row) > most:
            return min(row)
        rows.append(row)
    return rows[-1][-1]


def _first_row(text: Sounds) -> list[float]:
    row = [0.0]
    for added, skip in zip(text.added, text.skips, strict=True):
        best = row[-1] + added
        row.append(min(best, row[skip[0]] + skip[1]) if skip else best)
    return row


def _row(above: list[float], apart: list[float], missing: float, text: Sounds) -> list[float]:
    across = above[0]
    best = across + missing
    row = [best]
    for phone, added, skip, up in zip(text.phones, text.added, text.skips, above[1:], strict=True):
        best += added
        across += apart[phone]
        best = min(best, across)
        best = min(best, up + missing)
        if skip and row[skip[0]] + skip[1] < best:
            best = row[skip[0]] + skip[1]
        across = up
        row.append(best)
    return row
