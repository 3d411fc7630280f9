from __future__ import annotations

import pytest

from media.asr.grammar import far_from, guessed_phones, jsgf, spread, words_of


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


def test_a_grammar_holds_the_list_and_its_decoys() -> None:
    assert jsgf([("track", "order"), ("no",)], ["zebra"]) == (
        "#JSGF V1.0; grammar list; public <said> = [zsil] (track [zsil] order | no | zebra) [zsil];"
    )


def test_decoys_like_a_phrase_are_left_out() -> None:
    decoys = [("gnome", ("N", "OW", "M")), ("table", ("T", "EY", "B", "AH", "L"))]
    assert far_from([("N", "OW")], decoys) == ["table"]


def test_decoys_are_spread_over_lengths() -> None:
    words = [(f"w{length}{n}", ("AA",) * length) for length in range(1, 12) for n in range(30)]
    chosen = spread(words, 21)
    assert [len(phones) for _, phones in chosen] == [length for length in range(3, 10) for _ in range(3)]


def test_unknown_words_get_a_pronunciation_from_their_letters() -> None:
    assert guessed_phones("bhaji") == "B AA JH IH"
