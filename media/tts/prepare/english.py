"""English as it is spoken in India."""

from __future__ import annotations

from media.tts.prepare.language import Language, words

_SMALL = words(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
    """
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
_BELOW_100 = (*_SMALL, *(ten if not one else f"{ten} {_SMALL[one]}" for ten in _TENS for one in range(10)))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = words("January February March April May June July August September October November December")
_KILOMETRES = ("kilometre", "kilometres")
_MINUTES, _HOURS, _SECONDS = ("minute", "minutes"), ("hour", "hours"), ("second", "seconds")
_GRAMS, _KILOGRAMS = ("gram", "grams"), ("kilogram", "kilograms")


def _ordinal(count: int, _suffix: str) -> str:
    before, _, last = ENGLISH.number(count).rpartition(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{before} {_ORDINALS.get(last, regular)}".strip()


def _date(day: str, month: str, year: str) -> str:
    return f"{_ordinal(int(day), '')} {month} {year}".strip() if day else f"{month} {year}".strip()


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if not 1100 <= year <= 2099 or 2000 <= year <= 2009:
        return ENGLISH.number(year)
    return f"{_BELOW_100[century]} {('oh ' if 0 < rest < 10 else '') + _BELOW_100[rest] if rest else 'hundred'}"


def _clock(hour: int, minute: int, known: bool) -> str:
    half = (" AM" if hour < 12 else " PM") if known else ""
    at = _SMALL[(hour - 1) % 12 + 1]
    if not minute:
        return f"{at}{half}" if half else f"{at} o'clock"
    return f"{at} {'oh ' if minute < 10 else ''}{_BELOW_100[minute]}{half}"


ENGLISH = Language(
    below_hundred=_BELOW_100,
    hundreds=lambda count: f"{_SMALL[count // 100]} hundred",
    hundred="one hundred",
    thousand="thousand",
    lakh="lakh",
    crore="crore",
    minus="minus",
    point="point",
    percent="percent",
    to="to",
    by="by",
    signs={"&": "and", "+": "plus", "=": "equals", "#": "number", "@": "at", "%": "percent", "°": "degrees",
           "₹": "rupees", "$": "dollars", "€": "euros", "£": "pounds", "½": "half", "¼": "quarter",
           "¾": "three quarters", "×": "times"},
    web={".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
         "&": "and", "%": "percent", ":": "colon", "+": "plus", "#": "hash", "~": "tilde"},
    rupee=("rupee", "rupees"),
    paisa=("paisa", "paise"),
    currencies={"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds")},
    units={
        "km": _KILOMETRES, "kms": _KILOMETRES, "m": ("metre", "metres"), "cm": ("centimetre", "centimetres"),
        "mm": ("millimetre", "millimetres"), "kg": _KILOGRAMS, "kgs": _KILOGRAMS, "g": _GRAMS, "gm": _GRAMS,
        "gms": _GRAMS, "mg": ("milligram", "milligrams"), "l": ("litre", "litres"), "ltr": ("litre", "litres"),
        "ml": ("millilitre", "millilitres"), "min": _MINUTES, "mins": _MINUTES, "hr": _HOURS, "hrs": _HOURS,
        "h": _HOURS, "sec": _SECONDS, "secs": _SECONDS, "s": _SECONDS,
        "km/h": ("kilometre an hour", "kilometres an hour"), "kmph": ("kilometre an hour", "kilometres an hour"),
        "°c": ("degree Celsius", "degrees Celsius"), "gb": ("gigabyte", "gigabytes"),
        "mb": ("megabyte", "megabytes"), "kb": ("kilobyte", "kilobytes"),
    },
    abbreviations={
        "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Dr.": "Doctor", "Prof.": "Professor", "vs.": "versus",
        "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is", "approx.": "approximately", "Ltd.": "Limited",
        "Pvt.": "Private", "Govt.": "Government", "Dept.": "Department", "Rd.": "Road", "a.m.": "AM", "p.m.": "PM",
        "w/o": "without", "c/o": "care of",
    },
    months=_MONTHS,
    month_names={name[:size].lower(): at for at, name in enumerate(_MONTHS, 1) for size in (3, len(name))}
    | {"sept": 9},
    ordinal=_ordinal,
    suffixes="st|nd|rd|th",
    date=_date,
    year=_year,
    clock=_clock,
    clock_words="",
    coded=r"orders?|numbers?|no\.?|otp|pin|code|id|ids|reference|ref\.?|ticket|token|account|a/c|pincode|phone|mobile",
    scales=frozenset({"hundred", "thousand", "lakh", "lakhs", "crore", "crores", "million", "billion"}),
)  # fmt: skip
