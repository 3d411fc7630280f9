"""How values are said in Hindi. Synthesisers for Hindi read digits in Hindi, lakhs and crores too."""

from __future__ import annotations

from ivr_flows.prompts import halves

_MONTHS = (
    "जनवरी",
    "फ़रवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
)
_HALVES = {1: "डेढ़", 2: "ढाई"}


def number(count: int) -> str:
    """Digits."""
    return str(count)


def rupees(whole: int, paise: int) -> str:
    """1250 रुपये 50 पैसे."""
    parts = [f"{whole} {'रुपया' if whole == 1 else 'रुपये'}"] if whole or not paise else []
    return " ".join([*parts, *([f"{paise} {'पैसा' if paise == 1 else 'पैसे'}"] if paise else [])])


def minutes(count: int) -> str:
    """20 मिनट; 1 घंटा 10 मिनट; डेढ़ घंटा."""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} मिनट"
    if rest == 30:
        return f"{_and_a_half(hours)} {'घंटा' if hours == 1 else 'घंटे'}"
    whole = f"{hours} {'घंटा' if hours == 1 else 'घंटे'}"
    return f"{whole} {rest} मिनट" if rest else whole


def distance(metres: int) -> str:
    """साढ़े 4 किलोमीटर."""
    if metres < 950:
        return f"{halves.hundreds(metres)} मीटर"
    whole, half = divmod(halves.half_kilometres(metres), 2)
    return f"{_and_a_half(whole) if half else whole} किलोमीटर"


def time(hour: int, minute: int) -> str:
    """शाम साढ़े 6 बजे."""
    part = "सुबह" if 4 <= hour < 12 else "दोपहर" if 12 <= hour < 16 else "शाम" if 16 <= hour < 20 else "रात"
    at = halves.clock_hour(hour)
    match minute:
        case 0:
            return f"{part} {at} बजे"
        case 15:
            return f"{part} सवा {at} बजे"
        case 30:
            return f"{part} {_and_a_half(at)} बजे"
        case 45:
            return f"{part} पौने {halves.clock_hour(hour + 1)} बजे"
        case _:
            return f"{part} {at} बजकर {minute} मिनट"


def date(day: int, month: int) -> str:
    """21 नवंबर; पहली नवंबर."""
    return f"{'पहली' if day == 1 else day} {_MONTHS[month - 1]}"


def joined(items: list[str]) -> str:
    """एक, दो और तीन."""
    return halves.joined(items, "और")


def _and_a_half(whole: int) -> str:
    return _HALVES.get(whole, f"साढ़े {whole}")
