"""Numbers and digits that were said: दो, दोन, two, do, २ and 2 are 2. Pure.

`number` and `digits` are for places where a number is expected; `figures` is for running text, where दो may be "give".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from media.asr.spoken.number_tokens import Part, Token, tokens
from media.llm.spelling import plain, sounded

_BESIDE = (
    "minute minutes min mins rupee rupees rs rupaye only just about around number option press pressed please sir "
    "madam ji um uh hmm er the is it its um okay like maybe in "
    "मिनट मिनटों मिनिट मिनिटं मिनिटे मिनिटांत मिनिटात रुपये रुपया रुपए नंबर नम्बर जी में बस सिर्फ फक्त केवल करीब लगभग साधारण "
    "तकरीबन दबाया दबाइए दाबा लगेंगे लागतील चाहिए पाहिजे है आहे हैं आहेत का और आणि"
)
"""Words that may stand beside a number where one is expected, and mean nothing."""
_DIGIT = 10
_MOST_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text; `figures` is how it is written where its zeros count."""

    value: Decimal
    figures: str
    misheard: bool = False
    """Whether it is a word that only sounds like one (to, for)."""

    @property
    def is_digit(self) -> bool:
        """Whether it is one digit."""
        return len(self.figures) == 1


@lru_cache(maxsize=2048)
def number(text: str, language: str) -> Decimal | None:
    """The one number that was said, and nothing else; digits said one by one are joined. None where it is no such."""
    found = _expected(text, language)
    if len(found) == 1:
        return found[0].value
    if found and all(one.is_digit and not one.misheard for one in found):
        return Decimal("".join(one.figures for one in found))
    return None


def digits(text: str, language: str) -> str:
    """All numbers that were said, as one row of digits ("" where anything else was said): double five is 55."""
    found = _expected(text, language)
    row = "".join(one.figures for one in found)
    return row if row.isdigit() else ""


def figures(text: str, language: str) -> str:
    """`text` in plain words, its numbers as figures; a lone word that is more often no number stays."""
    out: list[str] = []
    for run in _runs(tokens(text, language, expected=False)):
        found = _numbers(run) if run[0].part else []
        lone = sum(token.part is not Part.AND for token in run) == 1 and any(token.doubtful for token in run)
        if not found or lone:
            out += [token.written for token in run if token.written]
        elif all(one.is_digit for one in found):
            out.append("".join(one.figures for one in found))
        else:
            out += [one.figures for one in found]
    return " ".join(out)


def _expected(text: str, language: str) -> list[Number]:
    said = [token for token in tokens(text, language, expected=True) if token.part or not _is_beside(token.written)]
    if len(said) > _MOST_TOKENS or not all(token.part for token in said):
        return []
    return _numbers(said)


@lru_cache(maxsize=4096)
def _is_beside(word: str) -> bool:
    return sounded(word) in _BESIDE_SOUNDS


_BESIDE_SOUNDS = frozenset(sounded(word) for word in plain(_BESIDE).split())


def _runs(said: Iterable[Token]) -> Iterator[list[Token]]:
    """Neighbours that are parts of numbers together, and the words between; an "and" at a run's end is a word."""
    run: list[Token] = []
    for token in said:
        if token.part is None or (not run and token.part is Part.AND):
            yield from _trimmed(run)
            run = []
            yield [Token(token.written, None)]
        else:
            run.append(token)
    yield from _trimmed(run)


def _trimmed(run: list[Token]) -> Iterator[list[Token]]:
    end = len(run)
    while end and run[end - 1].part is Part.AND:
        end -= 1
    if end:
        yield run[:end]
    yield from ([Token(token.written, None)] for token in run[end:])


def _numbers(said: Sequence[Token]) -> list[Number]:
    """The numbers in a row of their parts; none where the row makes no sense."""
    reader = _Reader()
    for token in said:
        if not reader.read(token):
            return []
    return reader.all()


class _Reader:
    """Adds parts up while they are one number: a smaller one after a scale, a digit after a ten."""

    def __init__(self) -> None:
        self._found: list[Number] = []
        self._times = 1
        self._begin()

    def _begin(self) -> None:
        self._total = Decimal(0)
        self._group: Decimal | None = None
        self._room = Decimal(0)
        """What may still be added to the group is below this."""
        self._least_scale: Decimal | None = None
        self._quarters: Decimal | None = None
        self._decimals = 0
        self._plain = ""
        self._misheard = False

    def read(self, token: Token) -> bool:
        """Take the next part; False where it makes no sense there."""
        match token.part:
            case Part.VALUE | Part.TENS:
                return self._value(token)
            case Part.SCALE:
                return self._scale(token.value)
            case Part.QUARTERS:
                return self._before(token.value)
            case Part.HALF:
                return self._half(token.value)
            case Part.REPEAT:
                self._end()
                self._times = int(token.value)
            case Part.POINT:
                self._group = self._group or Decimal(0)
                self._decimals = 1
        return True

    def all(self) -> list[Number]:
        """The numbers read; none where the last was left unfinished."""
        unfinished = self._times > 1 or self._quarters == Decimal("0.5")
        self._end()
        return [] if unfinished else self._found

    def _value(self, token: Token) -> bool:
        value, simple = token.value, token.figures or str(token.value)
        if self._times > 1:
            return self._repeated(simple)
        if self._decimals and self._group is not None:
            return self._decimal(simple)
        if not self._takes(value):
            self._end()
        if self._quarters is not None:
            value, self._quarters = value + self._quarters, None
        self._plain = simple if self._group is None and not self._total and value == token.value else ""
        self._misheard = self._misheard or (token.doubtful and not token.figures and token.written.isascii())
        self._group = (self._group or Decimal(0)) + value
        self._room = Decimal(_DIGIT) if token.part is Part.TENS else Decimal(0)
        return True

    def _takes(self, value: Decimal) -> bool:
        if self._group is None:
            return not self._least_scale or value < self._least_scale
        return 0 < value < self._room

    def _repeated(self, simple: str) -> bool:
        if len(simple) != 1:
            return False
        self._found += [Number(Decimal(simple), simple)] * self._times
        self._times = 1
        return True

    def _decimal(self, simple: str) -> bool:
        if len(simple) != 1 or self._group is None:
            return False
        self._group += Decimal(simple).scaleb(-self._decimals)
        self._decimals += 1
        self._plain = ""
        return True

    def _scale(self, scale: Decimal) -> bool:
        if self._quarters is not None:
            self._group, self._quarters = 1 + self._quarters, None
        hundreds = scale == 100
        too_large = self._group is not None and hundreds and self._group >= 100
        if self._times > 1 or too_large or (self._least_scale and scale >= self._least_scale):
            return False
        scaled = (Decimal(1) if self._group is None else self._group) * scale
        self._plain, self._decimals = "", 0
        if hundreds:
            self._group, self._room = scaled, scale
        else:
            self._total, self._group, self._least_scale = self._total + scaled, None, scale
        return True

    def _before(self, quarters: Decimal) -> bool:
        if self._group is not None and self._room < 100:
            self._end()
        if self._quarters is not None or self._times > 1:
            return False
        self._quarters = quarters
        return True

    def _half(self, half: Decimal) -> bool:
        self._group, self._plain = (self._group or Decimal(0)) + half, ""
        return True

    def _end(self) -> None:
        if self._quarters is not None:
            self._group = 1 + self._quarters
        if self._group is not None or self._total:
            value = (self._total + (self._group or Decimal(0))).normalize()
            self._found.append(Number(value, self._plain or format(value, "f"), self._misheard))
        self._begin()
