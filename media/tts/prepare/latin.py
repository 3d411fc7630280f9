"""Latin words in Devanagari, for engines that read nothing else: common words as they are written, others by sound."""

from __future__ import annotations

import re
from collections.abc import Mapping

from media.tts.prepare.language import words

_WORDS: Mapping[str, str] = dict(
    pair.split("=")
    for pair in words(
        """
    order=ऑर्डर orders=ऑर्डर ready=रेडी delivery=डिलीवरी rider=राइडर customer=कस्टमर restaurant=रेस्टोरेंट
    food=फूड time=टाइम call=कॉल phone=फ़ोन number=नंबर code=कोड otp=ओटीपी please=प्लीज़ thank=थैंक you=यू
    thanks=थैंक्स hello=हेलो ok=ओके okay=ओके yes=येस no=नो sorry=सॉरी address=एड्रेस location=लोकेशन
    payment=पेमेंट cash=कैश online=ऑनलाइन app=ऐप cancel=कैंसल confirm=कन्फ़र्म accept=एक्सेप्ट reject=रिजेक्ट
    item=आइटम items=आइटम the=द minute=मिनट minutes=मिनट hour=आवर late=लेट pickup=पिकअप store=स्टोर shop=शॉप
    bank=बैंक card=कार्ड message=मैसेज sms=एसएमएस support=सपोर्ट service=सर्विस team=टीम manager=मैनेजर
    pizza=पिज़्ज़ा burger=बर्गर example=एग्ज़ाम्पल com=कॉम doctor=डॉक्टर am=एएम pm=पीएम and=एंड is=इज़ to=टू
    of=ऑफ़ for=फ़ॉर in=इन
    """
    )
)
_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        words(
            """
    ए बी सी डी ई एफ़ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड
    """
        ),
        strict=True,
    )
)
_CONSONANTS: Mapping[str, str] = {
    "chh": "छ", "ksh": "क्ष", "tch": "च", "ch": "च", "sh": "श", "kh": "ख", "gh": "घ", "jh": "झ", "th": "थ", "dh": "ध",
    "ph": "फ", "bh": "भ", "ck": "क", "ng": "ंग", "qu": "क्व", "b": "ब", "c": "क", "d": "द", "f": "फ", "g": "ग", "h": "ह",
    "j": "ज", "k": "क", "l": "ल", "m": "म", "n": "न", "p": "प", "q": "क", "r": "र", "s": "स", "t": "त", "v": "व",
    "w": "व", "x": "क्स", "y": "य", "z": "ज़",
}  # fmt: skip
_VOWELS: Mapping[str, tuple[str, str]] = {
    "aa": ("आ", "ा"), "ai": ("ऐ", "ै"), "au": ("औ", "ौ"), "ee": ("ई", "ी"), "ea": ("ई", "ी"), "ei": ("ए", "े"),
    "ie": ("ई", "ी"), "oo": ("ऊ", "ू"), "ou": ("आउ", "ाउ"), "oa": ("ओ", "ो"), "a": ("अ", ""), "e": ("ए", "े"),
    "i": ("इ", "ि"), "o": ("ओ", "ो"), "u": ("उ", "ु"),
}  # fmt: skip
"""Standing alone, and behind a consonant."""
_WORD = re.compile(r"[A-Za-z]+")
_SOUND = re.compile("|".join(sorted((*_CONSONANTS, *_VOWELS), key=len, reverse=True)))
_VIRAMA = "्"


def in_devanagari(text: str) -> str:
    """The text with its Latin words as they sound, roughly, to an Indian ear."""
    return _WORD.sub(lambda found: _word(found[0]), text)


def _word(word: str) -> str:
    lower = word.lower()
    if known := _WORDS.get(lower):
        return known
    if len(word) == 1:
        return _LETTERS[lower]
    return _by_sound(lower)


def _by_sound(word: str) -> str:
    said, open_consonant = "", False
    sounds: list[str] = _SOUND.findall(word)
    if len(sounds) > 1 and sounds[-1] == "e":
        sounds.pop()
    for at, sound in enumerate(sounds):
        if vowel := _VOWELS.get(sound):
            last_a = sound == "a" and at == len(sounds) - 1
            said += "ा" if last_a and open_consonant else vowel[open_consonant]
            open_consonant = False
        else:
            said += (_VIRAMA if open_consonant else "") + _CONSONANTS[sound]
            open_consonant = True
    return said
