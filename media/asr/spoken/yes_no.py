"""Yes and no in en, hi and mr, however a recogniser writes them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from media.llm.spelling import plain, sounded

_YES: Mapping[str, str] = {
    "en": "yes yeah yep yup yah ya ok okay sure correct right alright absolutely certainly येस यस ओके ओक शुअर",
    "hi": "हाँ हां हा हाँजी जीहाँ ठीक सही पक्का बिल्कुल बिलकुल मंज़ूर bilkul",
    "mr": "हो होय होहो होना हां हाँ बरोबर ठीक चालेल नक्की barobar",
}
_NO: Mapping[str, str] = {
    "en": "no nope nah na not wrong incorrect never नो",
    "hi": "नहीं नही ना गलत ग़लत नईं नाहीं मत",
    "mr": "नाही नाहीं नको नकोय चूक चुकीचं चुकीचे नाय नाहीये",
}
_WRONG: Mapping[str, str] = {"en": "wrong incorrect", "hi": "गलत", "mr": "चूक चुकीचं चुकीचे"}
_NEITHER: Mapping[str, str] = {
    "en": "please sir madam thanks thank you that thats it is s um uh",
    "hi": "जी है सर मैडम",
    "mr": "आहे सर मॅडम जी",
}
"""What may stand beside either and changes nothing. In Hindi, जी alone is a yes."""


@lru_cache(maxsize=2048)
def yes_or_no(text: str, language: str) -> bool | None:
    """Whether `text` says yes (True) or no (False) and nothing else; None where it is neither, or both."""
    said = {sounded(word) for word in plain(text).split()}
    if language == "hi" and said == {"ji"}:
        return True
    yes, no, neither = (_sounds(table, language) for table in ("yes", "no", "neither"))
    meant = said - neither
    if not meant or (meant & yes and meant & no):
        return None
    if meant <= yes:
        return True
    return False if meant <= no else None


def says_both(text: str, language: str) -> bool:
    """Whether words of yes and words of no are among those of `text`."""
    said = {sounded(word) for word in plain(text).split()}
    return all(said & _sounds(table, language) for table in ("yes", "no"))


def calls_wrong(text: str, language: str) -> bool:
    """Whether it calls something wrong: a no to "is that right?", but not to an offer."""
    return not {sounded(word) for word in plain(text).split()}.isdisjoint(_sounds("wrong", language))


@cache
def _sounds(table: str, language: str) -> frozenset[str]:
    words = {"yes": _YES, "no": _NO, "neither": _NEITHER, "wrong": _WRONG}[table]
    spoken = f"{words['en']} {words.get(language, '')}"
    return frozenset(sounded(word) for word in plain(spoken).split())
