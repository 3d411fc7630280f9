"""What is told letter by letter and digit by digit: telephone and order numbers, passwords, short names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from media.tts.prepare.language import AFTER, BEFORE, Language, words
from media.tts.prepare.rule import Rule, either, rule, word

_SPELLED = frozenset(
    words(
        """
    AC AI API ATM CEO COD CVV DOB DTMF EMI ETA FAQ GPS GST HR ICU ID IT IVR KYC OK OTP PNR QR SMS TDS TV UK UPI
    URL US USA USSD VIP
    """
    )
)
_WORDS = frozenset({"OK", "US", "IT", "HR", "AM", "PM"})
"""Written in capitals they may be the words."""
_CONSONANTS = r"[B-DF-HJ-NP-TV-XZ]{2,5}"
_GROUP = 5
_NOT_MONEY = r"(?!\s*(?:rupee|रुप|%|paise|पैस))"


def code_rules(language: Language) -> Iterator[Rule]:
    """In the order in which they are to be followed."""
    yield rule(rf"{BEFORE}(\+\d{{1,3}})[\s-]?(\d{{5}})[\s-]?(\d{{5}})(?!\d)", lambda m: _telephone(language, m[0]))
    yield rule(rf"{BEFORE}(\+\d[\d\s-]{{6,16}}\d)(?!\d)", lambda m: _telephone(language, m[0]))
    free, city, mobile = r"1[89]00[\s-]\d{2,4}[\s-]?\d{3,4}", r"0\d{2,4}[\s-]\d{6,8}", r"[6-9]\d{4}[\s-]\d{5}"
    yield rule(rf"{BEFORE}(?:{free}|{city}|{mobile})(?!\d)", lambda m: _telephone(language, m[0]))
    scale = either(language.scales)
    yield word(rf"\d{{10,40}}(?![.,]\d){_NOT_MONEY}(?!\s*(?:{scale}))", lambda m: _telephone(language, m[0]))
    yield rule(
        rf"({BEFORE}(?:{language.coded})(?:\s+(?:is|are|was|number|no\.?|code|id|है|आहे|नंबर|क्रमांक))?\s*[:#-]?\s*)"
        rf"(\d{{3,}})(?![\d.,/:]*\d)(?!\s*(?:items?|orders?|rupee|रुप|%|km|min))",
        lambda m: f"{m[1]}{language.digits(m[2])}",
    )
    yield rule(r"#\s?(\d+)(?![.,]?\d)", lambda m: f" {language.signs['#']} {language.digits(m[1])} ")
    yield Rule(
        re.compile(
            rf"{BEFORE}(?!\d+(?:KG|KM|KMS|ST|ND|RD|TH|GB|MB){AFTER})(?=[A-Z\d/-]{{0,40}}\d)(?=[A-Z\d/-]{{0,40}}[A-Z])[A-Z\d]{{1,40}}(?:[-/][A-Z\d]{{1,40}}){{0,8}}{AFTER}"
        ),
        lambda m: _spelled(language, m[0]),
    )
    yield word(r"(?<![.,])0\d+(?![.,]\d)", lambda m: language.digits(m[0]))


def short_names() -> Rule:
    """OTP, SMS, GST: letter by letter."""
    return Rule(re.compile(rf"{BEFORE}[A-Z]{{2,5}}{AFTER}"), _short_name)


def _telephone(language: Language, text: str) -> str:
    plus = f"{language.signs['+']} " if text.startswith("+") else ""
    groups = re.findall(r"\d+", text)
    if len(groups) == 1:
        digits = groups[0]
        head = len(digits) - 10 if plus and len(digits) > 10 else 0
        groups = [digits[:head]] if head else []
        groups += [digits[at : at + _GROUP] for at in range(head, len(digits), _GROUP)]
    return f" {plus}{', '.join(language.digits(group) for group in groups)} "


def _spelled(language: Language, text: str) -> str:
    groups = re.split(r"[-/]", text)
    said = (" ".join(language.digits(each) if each.isdigit() else each for each in group) for group in groups)
    return ", ".join(said)


def _short_name(found: re.Match[str]) -> str:
    """Letters that can't be a word are told one by one."""
    name = found[0]
    if name in _WORDS or not (name in _SPELLED or re.fullmatch(_CONSONANTS, name)):
        return name
    return " ".join(name)
