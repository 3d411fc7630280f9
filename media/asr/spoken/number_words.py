"""The words of numbers in English, Hindi and Marathi. Latin spellings of Devanagari come by `sounded`.

The standard names of Hindi and Marathi are in media/numerals.py. Here stand the English ones, in one string in the
order of their value, and what recognisers write beside the standard names.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = {
    20: "twenty ट्वेंटी",
    30: "thirty थर्टी",
    40: "forty fourty फोर्टी",
    50: "fifty फिफ्टी",
    60: "sixty सिक्सटी",
    70: "seventy सेवंटी",
    80: "eighty एटी",
    90: "ninety नाइंटी",
}

MORE: Mapping[str, Mapping[int, str]] = {
    "hi": {
        0: "ज़ीरो", 1: "इक", 2: "दू", 5: "पांज", 6: "छः छे छै chhe chha chhai", 10: "दश", 11: "ग्यारा gyara",
        12: "बारा bara", 13: "तेरा tera", 14: "चौदा", 15: "पन्द्रह पंद्रा pandra pandrah", 16: "सोला sola", 17: "सतरह satra",
        18: "अट्ठारह अठारा athara", 19: "उनीस", 20: "बिस", 21: "इकीस ikkis", 22: "बाइस bayees", 23: "तेइस teyees",
        25: "पचीस", 27: "सत्ताइस", 28: "अठाईस अट्ठाइस", 34: "चौतीस", 38: "अड़तिस artis", 42: "बियालीस", 44: "चवालीस",
        59: "उनसठ उनसाठ", 79: "उनासी", 89: "नौवासी", 90: "नव्वे nabbe navve", 91: "इक्यानबे", 92: "बानबे",
        93: "तिरानबे", 94: "चौरानबे", 95: "पचानवे पंचानबे", 96: "छियानबे", 97: "सत्तानबे", 98: "अट्ठानबे अठानवे", 99: "निन्यानबे",
    },
    "mr": {
        0: "झिरो झीरो", 5: "पाँच", 9: "नव नौ", 22: "बाविस", 23: "तेविस", 25: "पंचविस", 33: "तेहेतीस तेतीस", 46: "शेहेचाळीस",
        61: "एकसष्ट", 62: "बासष्ट", 63: "त्रेसष्ट", 64: "चौसष्ट", 65: "पासष्ट", 66: "सहासष्ट", 67: "सदुसष्ट", 68: "अडुसष्ट",
        71: "एक्काहत्तर", 75: "पंच्याहत्तर", 76: "शाहत्तर", 77: "सत्याहत्तर", 79: "एकोणऐशी", 80: "ऐशी aishi",
    },
    "en": {
        0: "ज़ीरो झिरो", 1: "वन", 2: "टू", 3: "थ्री", 4: "फोर", 5: "फाइव", 6: "सिक्स", 7: "सेवन", 8: "एट एइट", 9: "नाइन",
        10: "टेन", 11: "इलेवन", 12: "ट्वेल्व", 13: "थर्टीन", 14: "फोर्टीन",
        15: "फिफ्टीन", 16: "सिक्सटीन", 17: "सेवंटीन", 18: "एटीन", 19: "नाइंटीन",
    },
}  # fmt: skip
"""Other ways to say or write a value."""

SCALES: Mapping[str, Mapping[int, str]] = {
    "hi": {100: "सौ", 1000: "हज़ार", 100_000: "लाख", 10_000_000: "करोड़"},
    "mr": {100: "शे शंभर शेकडा", 1000: "हजार", 100_000: "लाख", 10_000_000: "कोटी"},
    "en": {
        100: "hundred हंड्रेड", 1000: "thousand थाउज़ेंड", 100_000: "lakh lakhs lac lacs",
        1_000_000: "million", 10_000_000: "crore crores",
    },
}  # fmt: skip
FIXED: Mapping[str, Mapping[str, Decimal]] = {
    "hi": {
        "डेढ़ डेढ dedh derh": Decimal("1.5"),
        "ढाई अढ़ाई dhai": Decimal("2.5"),
        "आधा आधे": Decimal("0.5"),
        "पौन पौना": Decimal("0.75"),
    },
    "mr": {
        "दीड": Decimal("1.5"),
        "अडीच": Decimal("2.5"),
        "अर्धा अर्धे": Decimal("0.5"),
        "पाऊण": Decimal("0.75"),
    },
    "en": {},
}
"""Fractions with a name of their own."""
QUARTERS: Mapping[str, Mapping[str, Decimal]] = {
    "hi": {"सवा": Decimal("0.25"), "साढ़े साढे sadhe saadhe sade": Decimal("0.5"), "पौने": Decimal("-0.25")},
    "mr": {"सव्वा sava": Decimal("0.25"), "साडे साढे": Decimal("0.5"), "पावणे पाउणे": Decimal("-0.25")},
    "en": {},
}
"""What comes before a number, and is added to it."""

REPEATS = {"double डबल दुहेरी": 2, "triple ट्रिपल treble तिहेरी": 3}
POINTS = "point पॉइंट पॉइन्ट दशमलव दशांश"
HOMOPHONES = {"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8, "oh": 0, "o": 0, "ओ": 0, "ओह": 0, "tree": 3}
"""English words that recognisers write for digits: such only where a number is expected."""
AMBIGUOUS = "दो do एक ek one सात sat टू tu वन van तेरा tera बारा नव nav इक दू पौन सो so"
"""Words that alone, in running text, are more often no number (give, a, with, yours)."""
