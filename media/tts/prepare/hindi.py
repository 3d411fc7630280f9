"""Hindi."""

from __future__ import annotations

from media import numerals
from media.tts.prepare.english import ENGLISH
from media.tts.prepare.language import Language, words

_MONTHS = words("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर")
_OTHER_MONTHS = {"फरवरी": 2, "सितम्बर": 9, "अक्तूबर": 10, "नवम्बर": 11, "दिसम्बर": 12}
_FIRST = {
    1: ("पहला", "पहली", "पहले"), 2: ("दूसरा", "दूसरी", "दूसरे"), 3: ("तीसरा", "तीसरी", "तीसरे"),
    4: ("चौथा", "चौथी", "चौथे"), 6: ("छठा", "छठी", "छठे"),
}  # fmt: skip
_HALVES = {1: "डेढ़", 2: "ढाई"}
_HOURS, _MINUTES, _SECONDS = ("घंटा", "घंटे"), ("मिनट", "मिनट"), ("सेकंड", "सेकंड")
_KILOMETRES, _GRAMS, _KILOGRAMS = ("किलोमीटर",) * 2, ("ग्राम",) * 2, ("किलोग्राम",) * 2


def _ordinal(count: int, suffix: str) -> str:
    form = 1 if "ी" in suffix else 2 if "े" in suffix else 0
    if count in _FIRST:
        return _FIRST[count][form]
    return f"{HINDI.number(count)}{suffix if suffix.startswith('व') else 'वाँ'}"


def _date(day: str, month: str, year: str) -> str:
    return f"{'पहली' if day == '1' else HINDI.number(int(day)) if day else ''} {month} {year}".strip()


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if 1100 <= year <= 1999:
        return f"{numerals.HINDI[century]} सौ {numerals.HINDI[rest] if rest else ''}".strip()
    return HINDI.number(year)


def _clock(hour: int, minute: int, known: bool) -> str:
    part = "सुबह" if 4 <= hour < 12 else "दोपहर" if 12 <= hour < 16 else "शाम" if 16 <= hour < 20 else "रात"
    at, after = (hour - 1) % 12 + 1, hour % 12 + 1
    match minute:
        case 0:
            said = f"{numerals.HINDI[at]} बजे"
        case 15:
            said = f"सवा {numerals.HINDI[at]} बजे"
        case 30:
            said = f"{_HALVES.get(at, f'साढ़े {numerals.HINDI[at]}')} बजे"
        case 45:
            said = f"पौने {numerals.HINDI[after]} बजे"
        case _:
            said = f"{numerals.HINDI[at]} बजकर {numerals.HINDI[minute]} मिनट"
    return f"{part} {said}" if known else said


HINDI = Language(
    below_hundred=numerals.HINDI,
    hundreds=lambda count: f"{numerals.HINDI[count // 100]} सौ",
    hundred="एक सौ",
    thousand="हज़ार",
    lakh="लाख",
    crore="करोड़",
    minus="माइनस",
    point="दशमलव",
    percent="प्रतिशत",
    to="से",
    by="बटा",
    signs={"&": "और", "+": "प्लस", "=": "बराबर", "#": "नंबर", "@": "एट", "%": "प्रतिशत", "°": "डिग्री",
           "₹": "रुपये", "$": "डॉलर", "€": "यूरो", "£": "पाउंड", "½": "आधा", "¼": "चौथाई",
           "¾": "तीन चौथाई", "×": "गुणा"},
    web={".": "डॉट", "/": "स्लैश", "@": "एट", "-": "डैश", "_": "अंडरस्कोर", "?": "प्रश्न चिह्न", "=": "बराबर",
         "&": "और", "%": "प्रतिशत", ":": "कोलन", "+": "प्लस", "#": "हैश", "~": "टिल्ड"},
    rupee=("रुपया", "रुपये"),
    paisa=("पैसा", "पैसे"),
    currencies={"$": ("डॉलर",) * 2, "€": ("यूरो",) * 2, "£": ("पाउंड",) * 2},
    units={
        "km": _KILOMETRES, "kms": _KILOMETRES, "किमी": _KILOMETRES, "कि.मी.": _KILOMETRES, "m": ("मीटर",) * 2,
        "मी.": ("मीटर",) * 2, "cm": ("सेंटीमीटर",) * 2, "mm": ("मिलीमीटर",) * 2, "kg": _KILOGRAMS,
        "kgs": _KILOGRAMS, "किग्रा": _KILOGRAMS, "कि.ग्रा.": _KILOGRAMS, "g": _GRAMS, "gm": _GRAMS, "gms": _GRAMS,
        "mg": ("मिलीग्राम",) * 2, "l": ("लीटर",) * 2, "ltr": ("लीटर",) * 2, "ml": ("मिलीलीटर",) * 2,
        "min": _MINUTES, "mins": _MINUTES, "मि.": _MINUTES, "hr": _HOURS, "hrs": _HOURS, "h": _HOURS,
        "sec": _SECONDS, "secs": _SECONDS, "s": _SECONDS, "km/h": ("किलोमीटर प्रति घंटा",) * 2,
        "kmph": ("किलोमीटर प्रति घंटा",) * 2, "°c": ("डिग्री सेल्सियस",) * 2, "gb": ("जीबी",) * 2, "mb": ("एमबी",) * 2,
        "kb": ("केबी",) * 2,
    },
    abbreviations={
        "डॉ.": "डॉक्टर", "प्रो.": "प्रोफ़ेसर", "श्री.": "श्री", "क्र.": "क्रमांक", "नं.": "नंबर", "रु.": "रुपये",
        "Mr.": "मिस्टर", "Mrs.": "मिसेज़", "Ms.": "मिस", "Dr.": "डॉक्टर", "Prof.": "प्रोफ़ेसर", "a.m.": "AM", "p.m.": "PM",
    },
    months=_MONTHS,
    month_names={name: at for at, name in enumerate(_MONTHS, 1)} | _OTHER_MONTHS | dict(ENGLISH.month_names),
    ordinal=_ordinal,
    suffixes="ला|ली|ले|रा|री|रे|था|थी|थे|ठा|ठी|ठे|वाँ|वां|वीं|वें",
    date=_date,
    year=_year,
    clock=_clock,
    clock_words="बजे",
    coded=rf"{ENGLISH.coded}|ऑर्डर|आर्डर|नंबर|नम्बर|नं\.?|क्रमांक|क्र\.?|कोड|ओटीपी|पिन|टिकट|टोकन|खाता|फ़ोन|फोन|मोबाइल",
    full_stop="।",
    scales=ENGLISH.scales | {"सौ", "हज़ार", "हजार", "लाख", "करोड़"},
)  # fmt: skip
