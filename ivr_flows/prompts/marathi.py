"""How values are said in Marathi. Digits are in Devanagari, so that no synthesiser takes them for English."""

from __future__ import annotations

from ivr_flows.prompts import halves

_MONTHS = (
    "जानेवारी",
    "फेब्रुवारी",
    "मार्च",
    "एप्रिल",
    "मे",
    "जून",
    "जुलै",
    "ऑगस्ट",
    "सप्टेंबर",
    "ऑक्टोबर",
    "नोव्हेंबर",
    "डिसेंबर",
)
_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
_HALVES = {1: "दीड", 2: "अडीच"}


def number(count: int) -> str:
    """Devanagari digits."""
    return str(count).translate(_DIGITS)


def rupees(whole: int, paise: int) -> str:
    """१२५० रुपये ५० पैसे."""
    parts = [f"{number(whole)} {'रुपया' if whole == 1 else 'रुपये'}"] if whole or not paise else []
    return " ".join([*parts, *([f"{number(paise)} {'पैसा' if paise == 1 else 'पैसे'}"] if paise else [])])


def minutes(count: int) -> str:
    """२० मिनिटे; १ तास १० मिनिटे; दीड तास."""
    hours, rest = divmod(count, 60)
    if hours and rest == 30:
        return f"{_and_a_half(hours)} तास"
    parts = [f"{number(hours)} तास"] if hours else []
    return " ".join([*parts, *([f"{number(rest)} {'मिनिट' if rest == 1 else 'मिनिटे'}"] if rest or not hours else [])])


def distance(metres: int) -> str:
    """साडे ४ किलोमीटर."""
    if metres < 950:
        return f"{number(halves.hundreds(metres))} मीटर"
    whole, half = divmod(halves.half_kilometres(metres), 2)
    return f"{_and_a_half(whole) if half else number(whole)} किलोमीटर"


def time(hour: int, minute: int) -> str:
    """संध्याकाळी साडे ६ वाजता."""
    part = "सकाळी" if 4 <= hour < 12 else "दुपारी" if 12 <= hour < 16 else "संध्याकाळी" if 16 <= hour < 20 else "रात्री"
    at = halves.clock_hour(hour)
    match minute:
        case 0:
            return f"{part} {number(at)} वाजता"
        case 15:
            return f"{part} सव्वा {number(at)} वाजता"
        case 30:
            return f"{part} {_and_a_half(at)} वाजता"
        case 45:
            return f"{part} पावणे {number(halves.clock_hour(hour + 1))} वाजता"
        case _:
            return f"{part} {number(at)} वाजून {number(minute)} मिनिटांनी"


def date(day: int, month: int) -> str:
    """२१ नोव्हेंबर."""
    return f"{number(day)} {_MONTHS[month - 1]}"


def joined(items: list[str]) -> str:
    """एक, दोन आणि तीन."""
    return halves.joined(items, "आणि")


def _and_a_half(whole: int) -> str:
    return _HALVES.get(whole, f"साडे {number(whole)}")
