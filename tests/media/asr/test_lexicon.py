from __future__ import annotations

import logging

import pytest

from media.asr.lexicon import Lexicon, read_lexicon
from media.asr.sphinx_model import model_folder

SMALL = Lexicon(b"a AH\na(2) EY\ncase K EY S\nlower L OW ER\nyes Y EH S\n")


def test_every_pronunciation_of_each_word_is_tried() -> None:
    assert SMALL.ways("a yes") == [(("AH",), ("Y", "EH", "S")), (("EY",), ("Y", "EH", "S"))]
    assert SMALL.ways("yes") == [(("Y", "EH", "S"),)]


def test_ways_of_a_long_phrase_are_bounded() -> None:
    assert len(SMALL.ways("a a a a a a a a")) == 6


def test_two_words_written_as_one_are_said_as_both(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert SMALL.ways("lowercase") == [(("L", "OW", "ER", "K", "EY", "S"),)]
        assert SMALL.ways("lowercase") == SMALL.ways("lowercase")
    assert [record.getMessage() for record in caplog.records] == [
        "not in the dictionary, pronunciation guessed: 'lowercase' as L OW ER K EY S"
    ]


def test_what_no_dictionary_has_is_said_by_its_letters() -> None:
    assert SMALL.ways("bhaji") == [(("B", "AA", "JH", "IH"),)]


@pytest.mark.parametrize("word", ["", "'", "zzzzzz", "aa", "z"])
def test_words_before_behind_and_between_the_lines_are_not_found(word: str) -> None:
    assert SMALL._listed(word) == []


def test_the_wheels_dictionary_is_found_in_whole() -> None:
    path = model_folder() / "cmudict-en-us.dict"
    lexicon = read_lexicon(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in (lines[0], *lines[500::9973], lines[-1]):
        word, *phones = line.split()
        assert tuple(phones) in lexicon._listed(word.partition("(")[0]), line
