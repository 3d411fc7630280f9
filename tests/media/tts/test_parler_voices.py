from __future__ import annotations

import pytest

from media.tts.parler_voices import DEFAULT_VOICES, SPEAKERS, description, pace


def test_a_speakers_name_becomes_a_sentence_whatever_its_case() -> None:
    assert description("divya", "hi", 1.0).startswith("Divya speaks at a normal pace, ")
    assert description(" Rohit ", "hi", 1.0).startswith("Rohit speaks ")


def test_a_speaker_of_one_language_may_speak_another() -> None:
    assert description("Sunita", "en", 1.0).startswith("Sunita speaks ")


def test_words_are_the_description_themselves() -> None:
    assert description("Divya's voice is calm", "hi", 1.0) == "Divya's voice is calm."
    assert description("A man speaks softly.", "hi", 1.4) == "A man speaks softly. The delivery is fast."


@pytest.mark.parametrize("language", SPEAKERS)
def test_an_unknown_name_is_refused_with_the_languages_speakers(language: str) -> None:
    with pytest.raises(ValueError, match=f"{', '.join(SPEAKERS[language][:2])}.*got 'af_heart'"):
        description("af_heart", language, 1.0)


def test_the_cards_first_choices_are_the_voices_of_the_languages() -> None:
    assert DEFAULT_VOICES == {"hi": "Divya", "mr": "Sunita", "en": "Mary"}


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (0.5, "very slowly"),
        (0.8, "slowly"),
        (0.9, "slightly slowly"),
        (1.0, "at a normal pace"),
        (1.2, "slightly fast"),
    ],
)
def test_a_speed_becomes_words_of_pace(speed: float, words: str) -> None:
    assert pace(speed) == words
    assert words in description("Mary", "en", speed)


def test_beyond_the_table_it_is_very_fast() -> None:
    assert pace(3.0) == "very fast"
