"""Whatever comes, from an author, a customer's order or a language model, it is made fit to be read."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.tts.prepare import authored, prepared, unmarked

LANGUAGES = st.sampled_from(["en", "hi", "mr", "ta", ""])
PIECES = st.sampled_from(
    [*" \n.,-–/:;#*_`()[]<>₹%+@&'0123456789", "Rs.", "km", "a.m.", "pm", "Mr.", "OTP", "no. ", "order ", "रु.", "₹",
     "क्र.", "5वीं", "बजे", "2026-11-21", "21/11", "6:30", "http://", "example.com", "a@b.in", "[laugh]", "*sighs*",
     "🙂", "\u200d", "\u2063", "[\u2063laugh]", "ज़", "ज\u093c", "é", "e\u0301", "x", "नमस्ते", "१२", "lakh", "1,25,000"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))
WORDS = st.sampled_from(["order", "ready", "pickup", "naan", "नमस्ते", "ऑर्डर", "तयार", "आहे", "तीन"])
BETWEEN = st.sampled_from(
    [" ", ", ", ". ", " - ", "... ", "\n", " 🙂 ", " **", "* ", "_ ", " (", ") ", " [", "] ", " | ", "/", "\n- ",
     "\n1. ", " = ", "\u00a0", " < ", " > ", "! ", " # ", " 5 ", " ₹20 "]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(TEXTS, LANGUAGES, st.sampled_from([frozenset[str](), frozenset({"laugh"})]), st.booleans())
def test_any_text_is_prepared_once_and_for_all(text: str, language: str, tags: frozenset[str], latin: bool) -> None:
    said = prepared(text, language, tags, latin=latin)
    assert prepared(said, language, tags, latin=latin) == said
    assert unicodedata.is_normalized("NFC", said)
    assert not re.search(r"\d|[*_`#|<>{}₹%@+=]|\s\s|^\s|\s$|[\u200b\ufeff\u00a0]", said)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(WORDS, BETWEEN), max_size=12), LANGUAGES)
def test_no_word_is_lost(said: list[tuple[str, str]], language: str) -> None:
    heard = prepared("".join(word + between for word, between in said), language)
    left = iter(re.findall(r"[a-zA-Z\u0900-\u0963]+", heard))
    assert all(any(word == other for other in left) for word, _ in said), heard


@settings(deadline=None)
@given(st.integers(0, 10**13), st.sampled_from(["en", "hi", "mr"]))
def test_numbers_that_differ_are_said_differently(number: int, language: str) -> None:
    other = number + 1
    assert prepared(f"{number} km", language) != prepared(f"{other} km", language)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_bracket_of_a_value_becomes_a_tag(value: str) -> None:
    value = value.replace("\u2063", "")
    said = unmarked(prepared(f"{value} [laugh] {value}", "en", frozenset({"laugh"})))
    assert "[laugh]" not in said


@pytest.mark.parametrize("piece", ["(", "[", "1,1", "*a", "a.b", "5-", "A1-", "  \n", "@a", "**", "Rs.1"])
def test_a_long_run_of_anything_comes_to_an_end(piece: str) -> None:
    said = prepared(piece * 500, "en")
    assert prepared(said, "en") == said


def test_an_authors_tag_is_kept_for_an_engine_that_knows_it() -> None:
    text = f"Oh {authored('laugh')} well {authored('sigh')} then."
    assert unmarked(prepared(text, "en", frozenset({"laugh"}))) == "Oh [laugh] well, then."
    assert prepared(text, "en") == "Oh, well, then."
