from __future__ import annotations

import pytest

from media.audio.pcm import Pcm
from media.lid.protocol import Said
from media.lid.text import shares
from media.lid.text_identifier import TextIdentifier
from media.registry import Engines, engine

THREE = ("en", "hi", "mr")


def told(text: str, languages: tuple[str, ...] = THREE) -> str:
    found = shares(text, languages)
    return max(found, key=lambda language: found[language]) if found and max(found.values()) >= 0.5 else ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("हाँ जी, बोलिए", "hi"),
        ("हां जी बोलिए।", "hi"),
        ("मुझे ऑर्डर कैंसल करना है", "hi"),
        ("mujhe order cancel karna hai", "hi"),
        ("haan ji boliye", "hi"),
        ("मैं पढ़ूँगा", "hi"),
        ("मला मराठी पाहिजे", "mr"),
        ("उद्या सकाळी फोन करा", "mr"),
        ("मुलांना बोलायचंय", "mr"),
        ("mala nantar phone kara", "mr"),
        ("ho, chalel", "mr"),
        ("yes, speak English", "en"),
        ("I don't want it", "en"),
        ("call me later please", "en"),
    ],
)
def test_small_words_tell_the_language(text: str, language: str) -> None:
    assert told(text) == language


@pytest.mark.parametrize("text", ["", "12", "order, please", "नमस्ते", "nahi", "Ramesh Patil A", "🙂 …", "A"])
def test_what_is_said_in_all_of_them_tells_nothing(text: str) -> None:
    assert told(text) == ""


def test_a_script_of_its_own_tells_the_language() -> None:
    assert told("வணக்கம்", ("ta", "te", "hi")) == "ta"
    assert told("నమస్కారం", ("ta", "te", "hi")) == "te"


def test_one_word_is_less_certain_than_a_sentence() -> None:
    assert 0.5 < shares("yes", THREE)["en"] < shares("yes I want it now", THREE)["en"] < 1


def test_shares_are_of_the_languages_that_are_asked_for() -> None:
    assert set(shares("मला मराठी पाहिजे", ("hi", "mr"))) == {"hi", "mr"}
    assert shares("मला मराठी पाहिजे", ("mr",)) == {}, "nothing is to be told from one"
    assert sum(shares("mujhe order cancel karna hai", THREE).values()) == pytest.approx(1, abs=0.01)


async def test_the_embedded_identifier_reads_what_was_written() -> None:
    made = engine(Engines.LANGUAGE_IDENTIFIERS, "text")()
    assert isinstance(made, TextIdentifier)
    assert (made.name, made.hears) == ("text", False)
    assert made.tells(("en", "hi", "ta"))
    assert not made.tells(("en", "fr"))
    found = await made.identify(Said(Pcm(8000, b""), THREE, "haan ji boliye"))
    assert max(found, key=lambda language: found[language]) == "hi"
    assert await made.identify(Said(Pcm(8000, b""), THREE)) == {}
