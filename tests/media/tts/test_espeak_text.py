"""What espeak-ng makes of a capital A, asked of the library itself."""

from __future__ import annotations

import ctypes

import espeakng_loader
import pytest

from media.tts.espeak_text import as_read
from media.tts.prepare import prepared

_UTF8, _IPA = 1, 2
_ARTICLE, _LETTER = "ɐ", "eɪ"


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(1, 0, str(espeakng_loader.get_data_path()).encode(), 0)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


def sounds(library: ctypes.CDLL, text: str) -> str:
    buffer = ctypes.create_string_buffer(text.encode())
    place = ctypes.c_void_p(ctypes.addressof(buffer))
    clauses = []
    while place.value:
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(place), _UTF8, _IPA).decode())
    return " ".join(clauses)


@pytest.mark.parametrize(
    "text",
    [
        "Wing A",
        "Flat A 12.",
        "A 12",
        "A12",
        "Press A to go on.",
        "Block A Floor two",
        "A or B?",
        "Plan A B C",
        "Gate A-4",
    ],
)
def test_a_letter_is_said_by_its_name(library: ctypes.CDLL, text: str) -> None:
    said = sounds(library, as_read(prepared(text, "en")))
    assert _LETTER in said
    assert _ARTICLE not in said.split()


@pytest.mark.parametrize(
    "text", ["A new order has come.", "Buy A Kurta", "A hundred rupees", "A one time password", "It is a gift."]
)
def test_an_article_stays_one(text: str) -> None:
    read = prepared(text, "en")
    assert as_read(read) == read


@pytest.mark.parametrize("text", ["", "A", "A.", "A. P. J. Kalam", "U.S.A today", "Alpha", "A's"])
def test_what_is_read_right_is_left(text: str) -> None:
    assert as_read(text) == text
