"""What a spoken answer means."""

from __future__ import annotations

import pytest

from ivr_flows.events import Guess, Speech
from ivr_flows.matching import Candidate, Heard, match, normalise

YES = Candidate("yes", ("हाँ", "ले लेंगे", "yes", "that's it"), 0.6)
NO = Candidate("no", ("नहीं", "no"), 0.8)


@pytest.mark.parametrize(
    "said", ["हाँ", "हां", "हाँ।", "  हाँ!  ", "जी हाँ", "YES.", "Thats it", "that’s it", "yes, please", "ले\u200c लेंगे"]
)
def test_the_very_words_in_any_spelling(said: str) -> None:
    assert match(Speech(0, said, 0.9), [YES, NO]) == Heard("yes", True)


def test_nukta_makes_no_difference() -> None:
    assert normalise("ज़रूर") == normalise("जरूर")
    assert normalise("\u095bरूर") == normalise("ज\u093cरूर")


def test_courtesy_alone_is_kept() -> None:
    assert normalise("जी") == "जी"
    assert normalise("please") == "please"


@pytest.mark.parametrize("said", ["", " ", "?!", "maybe", "yes and no"])
def test_what_means_nothing(said: str) -> None:
    assert match(Speech(0, said, 1.0), [YES, NO]) is None


def test_each_answer_has_its_own_threshold() -> None:
    assert match(Speech(0, "no", 0.7), [YES, NO]) == Heard("no", False)
    assert match(Speech(0, "yes", 0.7), [YES, NO]) == Heard("yes", True)


def test_guesses_count_only_for_what_was_offered_and_heard_well() -> None:
    guesses = (Guess("other", 1.0), Guess("no", 0.2), Guess("yes", 0.7))
    assert match(Speech(0, "go on", 0.9, guesses), [YES, NO]) == Heard("yes", True)
    assert match(Speech(0, "go on", 0.5, guesses), [YES, NO]) == Heard("yes", False)
    assert match(Speech(0, "", 0.9, guesses), [YES, NO]) is None


def test_the_very_words_come_before_a_guess() -> None:
    assert match(Speech(0, "no", 0.9, (Guess("yes", 1.0),)), [YES, NO]) == Heard("no", True)
