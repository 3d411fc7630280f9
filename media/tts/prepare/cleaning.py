"""What is written but not said: markdown, directions to an actor, emoji, odd characters."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"```[ \t]*(?:[a-zA-Z]{1,12}(?=\n))?")
_ELEMENT = re.compile(
    r"</?(?:speak|break|prosody|emphasis|say-as|voice|audio|sub|phoneme|mark|p|s|b|i|u|em|strong|br|hr|div|span|a|ul|ol|li|"
    r"h[1-6]|code|pre|think)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^([ \t]*\d{1,2})[.)][ \t]+", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}|[-*+•‣▪–—]|>)[ \t]+", re.MULTILINE)
_EMOTICON = re.compile(r"(?<!\S)[:;=]['-]?[()DPp|/](?!\S)")
_EMPHASIS = re.compile(r"\*+|_{2,}|`+|~~|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_ASIDE = re.compile(
    r"\[([^\[\]\n]{1,60})\]|\(([^()\n]{1,60})\)|(?<![*\w])\*([^*\n]{1,60})\*(?![*\w])|<([^<>\n]{1,60})>"
)
_DIRECTION = re.compile(
    r"(?:(?:soft|gent|warm|quiet|slow|light|nervous|happi|cheerful|excited|sad|deep|playful|polite|friend|calm)l?y\s+)?"
    r"(?:laugh(?:s|ing|ter)?|chuckl(?:e|es|ing)|giggl(?:e|es|ing)|smil(?:e|es|ing)|grin(?:s|ning)?|sigh(?:s|ing)?|"
    r"cough(?:s|ing)?|sniff(?:s|ing)?|sob(?:s|bing)?|gasp(?:s|ing)?|yawn(?:s|ing)?|breath(?:e|es|s|ing)?|inhales?|exhales?|danc(?:e|es|ing)|clap(?:s|ping)?|cheer(?:s|ing)?|cr(?:y|ies|ying)|shrug(?:s|ging)?|"
    r"hum(?:s|ming)?|sing(?:s|ing)|groan(?:s|ing)?|moan(?:s|ing)?|shout(?:s|ing)?|scream(?:s|ing)?|bow(?:s|ing)?|"
    r""
    r"whisper(?:s|ing)?|pause[sd]?|nod(?:s|ding)?|wink(?:s|ing)?|clears? (?:his |her |their |my )?throat|"
    r"takes? an? (?:deep )?breath|beat|silence|music)"
    r"(?:\s+(?:soft|gent|warm|quiet|slow|light|nervous|happi|cheerful|excited|sad|deep|playful|polite)l?y"
    r"|\s+a (?:bit|little))?"
    r"|(?:in an? )?(?:soft|warm|cheerful|friendly|calm|happy|excited|sad|polite)(?:ly)? (?:voice|tone)"
    r"|warmly|cheerfully|softly|gently|quietly|excitedly|happily|sadly|politely"
    r"|हँसते हुए|हंसते हुए|हँसकर|हंसकर|मुस्कुराते हुए|मुस्कुराकर|मुस्कराते हुए|आह भरते हुए|आह भरकर|खाँसते हुए|खांसते हुए|"
    r"धीरे से|हँसी|हंसी|हसत|हसून|हसते|हसतो|स्मित करत|स्मितहास्य|उसासा टाकत|खोकत|हळू आवाजात",
    re.IGNORECASE,
)
_JOINERS = "\u200c\u200d"
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "−": "-", "‐": "-", "‑": "-", "⁄": "/"})
_SPOKEN_SIGNS = "+=%&@°$|~^`<>#½¼¾×"


def composed(text: str) -> str:
    """Composed (NFC), with plain spaces and quotes, Western digits, and nothing that is not seen.

    The joiners stay where Devanagari needs them.
    """
    text = unicodedata.normalize("NFC", text.translate(_QUOTES))
    letters = (_plain(letter, text[at - 1 : at]) for at, letter in enumerate(text))
    return unicodedata.normalize("NFC", "".join(letters))


def cleaned(text: str) -> str:
    """Without emoji, markdown and directions; the words of a link, an emphasis and a bracket stay."""
    text = _FENCE.sub(" ", _ELEMENT.sub(" ", _EMOTICON.sub(" ", text)))
    text = "".join(letter if _spoken(letter) else " " for letter in text)
    text = _ASIDE.sub(_aside, _LINE_MARK.sub("", _NUMBERED.sub(r"\1, ", text)))
    return _EMPHASIS.sub("", text)


def unlinked(text: str) -> str:
    """The words of links, without where they lead."""
    return _LINK.sub(r"\1", text)


def is_direction(words: str) -> bool:
    """Whether it tells how to speak, rather than what: `laughs`, `smiling warmly`, `हँसते हुए`."""
    return bool(_DIRECTION.fullmatch(words.strip(" .!,:")))


def _aside(found: re.Match[str]) -> str:
    words = next(filter(None, found.groups()))
    if is_direction(words):
        return " "
    return words if found[3] else f", {words}, "


def _plain(letter: str, before: str) -> str:
    category = unicodedata.category(letter)
    if letter in _JOINERS:
        return letter if "\u0900" <= before <= "\u097f" else ""
    if letter in "\n\t":
        return letter
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category in {"Zs", "Zl", "Zp", "Cc"}:
        return "\n" if category in {"Zl", "Zp"} or letter in "\r\v\f\x85" else " "
    return "" if category in {"Cf", "Co", "Cn", "Cs"} or "\ufe00" <= letter <= "\ufe0f" else letter


def _spoken(letter: str) -> bool:
    """Emoji and symbols are not, unless they are signs that have a name."""
    category = unicodedata.category(letter)
    return category[0] in "LMNPZ" or category == "Sc" or letter in _SPOKEN_SIGNS or letter in _JOINERS + "\n\t"
