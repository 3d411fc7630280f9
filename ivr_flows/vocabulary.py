"""What every caller may say, whatever the flow: yes, no, and the number of a key; in Latin letters too."""

from __future__ import annotations

from collections.abc import Mapping

from ivr_flows.model.base import Language

YES_NAME, NO_NAME = "yes", "no"
"""Names of the two answers when an option is asked back."""

YES: Mapping[Language, tuple[str, ...]] = {
    "hi": (
        "हाँ",
        "हाँ जी",
        "जी हाँ",
        "जी",
        "सही है",
        "ठीक है",
        "पक्का",
        "haan",
        "haan ji",
        "ji haan",
        "sahi hai",
        "theek hai",
    ),
    "mr": ("हो", "होय", "हो बरोबर", "बरोबर", "ठीक आहे", "चालेल", "ho", "hoy", "barobar", "thik aahe"),
    "en": ("yes", "yes please", "yeah", "correct", "that's right", "okay"),
}
NO: Mapping[Language, tuple[str, ...]] = {
    "hi": ("नहीं", "जी नहीं", "नहीं जी", "ना", "गलत", "nahin", "nahi", "ji nahi", "galat"),
    "mr": ("नाही", "नको", "चूक", "nahi", "nako"),
    "en": ("no", "no thanks", "nope", "wrong"),
}
CANCELED, TRANSFERRED = "canceled", "transferred"
OUTSIDE = frozenset({CANCELED, TRANSFERRED})
"""Outcomes of calls that were ended from outside, which no flow need declare."""
NOT_NEEDED: Mapping[Language, str] = {
    "hi": "माफ़ कीजिए, अब इसकी ज़रूरत नहीं है। इसे रद्द कर दिया गया है। धन्यवाद, नमस्ते।",
    "mr": "माफ करा, आता याची गरज नाही. हे रद्द केलं आहे. धन्यवाद, नमस्कार.",
    "en": "Sorry, this is not needed any more. It has been canceled. Thank you, goodbye.",
}
"""Said on a call that is canceled, where the flow has no step for it."""
GOODBYE: Mapping[Language, str] = {
    "hi": "धन्यवाद, नमस्ते।",
    "mr": "धन्यवाद, नमस्कार.",
    "en": "Thank you, goodbye.",
}
"""Said on a call that an operator ends."""
FILLERS: Mapping[Language, tuple[str, ...]] = {
    "hi": ("एक मिनट।", "ज़रा रुकिए।", "बस एक पल।"),
    "mr": ("एक मिनिट.", "जरा थांबा.", "एक क्षण."),
    "en": ("One moment.", "Just a moment.", "One second, please."),
}
"""Said in turn to a caller who waits too long for an answer, where the flow has no words for it."""
UNHEARD: Mapping[Language, str] = {
    "hi": "माफ़ कीजिए, अभी आपकी बात समझ नहीं आ रही है। कृपया कीपैड का इस्तेमाल कीजिए।",
    "mr": "माफ करा, आत्ता तुमचं बोलणं समजत नाही. कृपया कीपॅड वापरा.",
    "en": "Sorry, I can't make out what you say just now. Please use the keypad.",
}
"""Said when all recognisers failed, where the flow has no words for it."""
IS_IT_RIGHT: Mapping[Language, str] = {
    "hi": "{value}। क्या यह सही है? हाँ के लिए {yes}, नहीं के लिए {no} दबाइए।",
    "mr": "{value}. हे बरोबर आहे का? हो साठी {yes}, नाही साठी {no} दाबा.",
    "en": "{value}. Is that right? For yes, press {yes}; for no, press {no}.",
}
"""Reads back a number that was said, where the step has no words for it."""
_PRESS: Mapping[Language, str] = {
    "hi": "{words} के लिए {key} दबाइए।",
    "mr": "{words} साठी {key} दाबा.",
    "en": "For {words}, press {key}.",
}
_SIGNS: Mapping[Language, Mapping[str, str]] = {
    "hi": {"*": "स्टार", "#": "हैश"},
    "mr": {"*": "स्टार", "#": "हॅश"},
    "en": {"*": "star", "#": "hash"},
}
LANGUAGE_NAMES: Mapping[Language, tuple[str, ...]] = {
    "hi": ("हिंदी", "हिन्दी", "hindi", "हिंदी में", "hindi mein", "hindi please"),
    "mr": ("मराठी", "marathi", "मराठीत", "marathit", "marathi please"),
    "en": ("english", "इंग्लिश", "अंग्रेज़ी", "इंग्रजी", "angrezi", "ingraji", "in english", "english please"),
}
"""How each language is asked for, whatever language the caller speaks."""
_NUMBERS: Mapping[Language, tuple[tuple[str, ...], ...]] = {
    "hi": (
        ("शून्य", "ज़ीरो", "zero"),
        ("एक", "ek"),
        ("दो", "do"),
        ("तीन", "teen"),
        ("चार", "char"),
        ("पाँच", "paanch"),
        ("छह", "छः", "chhah"),
        ("सात", "saat"),
        ("आठ", "aath"),
        ("नौ", "nau"),
    ),
    "mr": (
        ("शून्य", "झिरो", "zero"),
        ("एक", "ek"),
        ("दोन", "don"),
        ("तीन", "teen"),
        ("चार", "char"),
        ("पाच", "paach"),
        ("सहा", "saha"),
        ("सात", "saat"),
        ("आठ", "aath"),
        ("नऊ", "nau"),
    ),
    "en": (
        ("zero",),
        ("one",),
        ("two",),
        ("three",),
        ("four",),
        ("five",),
        ("six",),
        ("seven",),
        ("eight",),
        ("nine",),
    ),
}


def key_words(key: str | None, language: Language) -> tuple[str, ...]:
    """How the number of a key is said; nothing for `*`, `#` and none."""
    return _NUMBERS[language][int(key)] if key and key.isdigit() else ()


def press_for(words: str, key: str, language: Language) -> str:
    """The offer of a key for what else would be said."""
    return _PRESS[language].format(words=words, key=_SIGNS[language].get(key, key))
