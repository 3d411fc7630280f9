"""Marathi."""

from __future__ import annotations

from media.tts.prepare.english import ENGLISH
from media.tts.prepare.language import Language, words

_BELOW_100 = words(
    """
    शून्य एक दोन तीन चार पाच सहा सात आठ नऊ
    दहा अकरा बारा तेरा चौदा पंधरा सोळा सतरा अठरा एकोणीस
    वीस एकवीस बावीस तेवीस चोवीस पंचवीस सव्वीस सत्तावीस अठ्ठावीस एकोणतीस
    तीस एकतीस बत्तीस तेहतीस चौतीस पस्तीस छत्तीस सदतीस अडतीस एकोणचाळीस
    चाळीस एक्केचाळीस बेचाळीस त्रेचाळीस चव्वेचाळीस पंचेचाळीस सेहेचाळीस सत्तेचाळीस अठ्ठेचाळीस एकोणपन्नास
    पन्नास एक्कावन्न बावन्न त्रेपन्न चोपन्न पंचावन्न छप्पन्न सत्तावन्न अठ्ठावन्न एकोणसाठ
    साठ एकसष्ठ बासष्ठ त्रेसष्ठ चौसष्ठ पासष्ठ सहासष्ठ सदुसष्ठ अडुसष्ठ एकोणसत्तर
    सत्तर एकाहत्तर बाहत्तर त्र्याहत्तर चौऱ्याहत्तर पंचाहत्तर शहात्तर सत्त्याहत्तर अठ्ठ्याहत्तर एकोणऐंशी
    ऐंशी एक्क्याऐंशी ब्याऐंशी त्र्याऐंशी चौऱ्याऐंशी पंच्याऐंशी शहाऐंशी सत्त्याऐंशी अठ्ठ्याऐंशी एकोणनव्वद
    नव्वद एक्क्याण्णव ब्याण्णव त्र्याण्णव चौऱ्याण्णव पंच्याण्णव शहाण्णव सत्त्याण्णव अठ्ठ्याण्णव नव्व्याण्णव
    """
)
_MONTHS = words("जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर")
_FIRST = {
    1: ("पहिला", "पहिली", "पहिले"), 2: ("दुसरा", "दुसरी", "दुसरे"), 3: ("तिसरा", "तिसरी", "तिसरे"),
    4: ("चौथा", "चौथी", "चौथे"),
}  # fmt: skip
_HALVES = {1: "दीड", 2: "अडीच"}
_HOURS, _MINUTES, _SECONDS = ("तास", "तास"), ("मिनिट", "मिनिटे"), ("सेकंद", "सेकंद")
_KILOMETRES, _GRAMS, _KILOGRAMS = ("किलोमीटर",) * 2, ("ग्रॅम",) * 2, ("किलोग्रॅम",) * 2


def _ordinal(count: int, suffix: str) -> str:
    form = 1 if "ी" in suffix else 2 if "े" in suffix else 0
    if count in _FIRST:
        return _FIRST[count][form]
    return f"{MARATHI.number(count)}{suffix if suffix.startswith('व') else 'वा'}"


def _date(day: str, month: str, year: str) -> str:
    return f"{MARATHI.number(int(day)) if day else ''} {month} {year}".strip()


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if 1100 <= year <= 1999:
        return f"{_BELOW_100[century]}शे {_BELOW_100[rest] if rest else ''}".strip()
    return MARATHI.number(year)


def _clock(hour: int, minute: int, known: bool) -> str:
    part = "सकाळी" if 4 <= hour < 12 else "दुपारी" if 12 <= hour < 16 else "संध्याकाळी" if 16 <= hour < 20 else "रात्री"
    at, after = (hour - 1) % 12 + 1, hour % 12 + 1
    match minute:
        case 0:
            said = f"{_BELOW_100[at]} वाजता"
        case 15:
            said = f"सव्वा {_BELOW_100[at]} वाजता"
        case 30:
            said = f"{_HALVES.get(at, f'साडे {_BELOW_100[at]}')} वाजता"
        case 45:
            said = f"पावणे {_BELOW_100[after]} वाजता"
        case _:
            said = f"{_BELOW_100[at]} वाजून {_BELOW_100[minute]} मिनिटांनी"
    return f"{part} {said}" if known else said


MARATHI = Language(
    below_hundred=_BELOW_100,
    hundreds=lambda count: f"{_BELOW_100[count // 100]}शे",
    hundred="शंभर",
    thousand="हजार",
    lakh="लाख",
    crore="कोटी",
    minus="वजा",
    point="दशांश",
    percent="टक्के",
    to="ते",
    by="भागिले",
    signs={"&": "आणि", "+": "अधिक", "=": "बरोबर", "#": "क्रमांक", "@": "ॲट", "%": "टक्के", "°": "अंश",
           "₹": "रुपये", "$": "डॉलर", "€": "युरो", "£": "पाउंड", "½": "अर्धा", "¼": "पाव", "¾": "पाऊण",
           "×": "गुणिले"},
    web={".": "डॉट", "/": "स्लॅश", "@": "ॲट", "-": "डॅश", "_": "अंडरस्कोर", "?": "प्रश्नचिन्ह", "=": "बरोबर",
         "&": "आणि", "%": "टक्के", ":": "कोलन", "+": "अधिक", "#": "हॅश", "~": "टिल्ड"},
    rupee=("रुपया", "रुपये"),
    paisa=("पैसा", "पैसे"),
    currencies={"$": ("डॉलर",) * 2, "€": ("युरो",) * 2, "£": ("पाउंड",) * 2},
    units={
        "km": _KILOMETRES, "kms": _KILOMETRES, "किमी": _KILOMETRES, "कि.मी.": _KILOMETRES, "m": ("मीटर",) * 2,
        "मी.": ("मीटर",) * 2, "cm": ("सेंटीमीटर",) * 2, "mm": ("मिलीमीटर",) * 2, "kg": _KILOGRAMS,
        "kgs": _KILOGRAMS, "किग्रॅ": _KILOGRAMS, "कि.ग्रॅ.": _KILOGRAMS, "g": _GRAMS, "gm": _GRAMS, "gms": _GRAMS,
        "mg": ("मिलिग्रॅम",) * 2, "l": ("लिटर",) * 2, "ltr": ("लिटर",) * 2, "ml": ("मिलिलिटर",) * 2,
        "min": _MINUTES, "mins": _MINUTES, "मि.": _MINUTES, "hr": _HOURS, "hrs": _HOURS, "h": _HOURS,
        "sec": _SECONDS, "secs": _SECONDS, "s": _SECONDS, "km/h": ("किलोमीटर प्रति तास",) * 2,
        "kmph": ("किलोमीटर प्रति तास",) * 2, "°c": ("अंश सेल्सियस",) * 2, "gb": ("जीबी",) * 2, "mb": ("एमबी",) * 2,
        "kb": ("केबी",) * 2,
    },
    abbreviations={
        "डॉ.": "डॉक्टर", "प्रा.": "प्राध्यापक", "श्री.": "श्री", "क्र.": "क्रमांक", "रु.": "रुपये", "नं.": "नंबर",
        "Mr.": "मिस्टर", "Mrs.": "मिसेस", "Ms.": "मिस", "Dr.": "डॉक्टर", "Prof.": "प्राध्यापक", "a.m.": "AM", "p.m.": "PM",
    },
    months=_MONTHS,
    month_names={name: at for at, name in enumerate(_MONTHS, 1)} | dict(ENGLISH.month_names),
    ordinal=_ordinal,
    suffixes="ला|ली|ले|रा|री|रे|था|थी|थे|वा|वी|वे|व्या",
    date=_date,
    year=_year,
    clock=_clock,
    clock_words="वाजता",
    coded=rf"{ENGLISH.coded}|ऑर्डर|नंबर|नं\.?|क्रमांक|क्र\.?|कोड|ओटीपी|पिन|तिकीट|टोकन|खाते|फोन|मोबाईल",
    scales=ENGLISH.scales | {"शंभर", "हजार", "लाख", "कोटी"},
)  # fmt: skip
