from __future__ import annotations

import pytest

from media.asr.protocol import Hint
from media.asr.whisper_hints import languages, likeliest, prompt, shares_of

KNOWN = ("en", "hi", "mr")


def test_words_and_phrases_are_told_as_if_they_had_been_said() -> None:
    hint = Hint("en", phrases=("Track my order.", "Cancel it"), words=("kurta", "kurta", "Asha"))
    assert prompt(hint) == "kurta, Asha, Track my order, Cancel it."


def test_nothing_expected_is_no_prompt() -> None:
    assert not prompt(Hint("hi"))


def test_a_prompt_is_bounded() -> None:
    assert len(prompt(Hint("en", phrases=tuple(f"option number {number}" for number in range(999))))) < 400


@pytest.mark.parametrize(
    ("hint", "allowed"),
    [
        (Hint("hi"), ("hi",)),
        (Hint("hi", languages=("en", "hi", "mr")), ("hi", "en", "mr")),
        (Hint("mr", languages=("mr", "ta")), ("mr",)),
        (Hint("ta", languages=("en",)), ("en",)),
        (Hint("ta"), ()),
        (Hint(""), KNOWN),
    ],
)
def test_languages_are_the_hint_s_as_far_as_they_are_served(hint: Hint, allowed: tuple[str, ...]) -> None:
    assert languages(hint, KNOWN) == allowed


@pytest.mark.parametrize(
    ("shares", "allowed", "best"),
    [
        ({"ur": 0.6, "hi": 0.3, "mr": 0.1}, ("en", "hi", "mr"), ("hi", 0.75)),
        ({"ur": 1.0}, ("mr", "hi"), ("mr", 0.5)),
        ({"hi": 0.2, "mr": 0.2}, ("mr", "hi"), ("mr", 0.5)),
        ({"en": 0.9, "hi": 0.1}, ("hi",), ("hi", 1.0)),
    ],
)
def test_only_allowed_languages_are_heard(
    shares: dict[str, float], allowed: tuple[str, ...], best: tuple[str, float]
) -> None:
    code, share = likeliest(shares, allowed)
    assert code == best[0]
    assert share == pytest.approx(best[1])


def test_a_language_is_chosen_from_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one language"):
        likeliest({"hi": 1.0}, ())


def test_shares_are_among_the_allowed_and_urdu_is_hindi_where_that_alone_is_allowed() -> None:
    assert shares_of({"hi": 0.5, "en": 0.25, "ta": 0.2}, ("en", "hi")) == {"en": 0.25 / 0.75, "hi": 0.5 / 0.75}
    assert shares_of({"hi": 0.2, "ur": 0.6, "en": 0.2}, ("en", "hi")) == {"en": 0.2, "hi": 0.8}
    assert shares_of({"hi": 0.2, "ur": 0.6, "en": 0.2}, ("hi", "ur")) == pytest.approx({"hi": 0.25, "ur": 0.75})
    assert shares_of({"ta": 0.9, "hi": 0.1}, ("en", "hi")) == {}, "it is something else"
