from __future__ import annotations

import pytest

from media.asr.grammar import guessed_phones, words_of


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("Track my order!", ("track", "my", "order")),
        ("Press 12", ("press", "one", "two")),
        ("don't", ("don't",)),
        ("हाँ", ()),
        ("yes हाँ", ()),
        ("?!", ()),
    ],
)
def test_phrases_are_words_of_the_dictionary(phrase: str, words: tuple[str, ...]) -> None:
    assert words_of(phrase) == words


def test_unknown_words_get_a_pronunciation_from_their_letters() -> None:
    assert guessed_phones("bhaji") == "B AA JH IH"
