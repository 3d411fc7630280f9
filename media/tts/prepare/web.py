"""Addresses of the web and of mail, as somebody would tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from media.tts.prepare.language import Language
from media.tts.prepare.rule import Rule

_ENDS = "com|org|net|in|io|app|dev|info|biz|gov|edu|shop|store|co|me|ai|example|uk|us"
_HOST = rf"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDS})(?![a-z0-9])"
_PATH = r"(?::\d+)?(?:[/?#][^\s<>\"'()\[\]*`]*[^\s<>\"'()\[\]*`.,;:!?।])?/?"
_MAIL = re.compile(rf"(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]*@{_HOST}", re.IGNORECASE | re.ASCII)
_URL = re.compile(
    rf"(?:https?://)(?:www\.)?[^\s<>\"'()\[\]*`]*[^\s<>\"'()\[\]*`.,;:!?।]|(?<![a-z0-9@.])(?:www\.)?{_HOST}{_PATH}",
    re.IGNORECASE | re.ASCII,
)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


def web_rules(language: Language) -> Iterator[Rule]:
    """Mail first: its second half looks like a site."""
    yield Rule(_MAIL, lambda m: _told(language, m[0]))
    yield Rule(_URL, lambda m: _told(language, _SCHEME.sub("", m[0]).rstrip("/")))


def _told(language: Language, address: str) -> str:
    """Its signs by name, its digits one by one: which of them are a number can't be known."""
    said = "".join(_sign(language, letter) for letter in address)
    return f" {said} "


def _sign(language: Language, letter: str) -> str:
    if letter.isascii() and letter.isdigit():
        return f" {language.digits(letter)} "
    return f" {language.web[letter]} " if letter in language.web else letter
