from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.asr.agreement import Agreement, common

words = st.lists(st.sampled_from(["track", "my", "order", "Order.", "मेरा", "for", "two"]), max_size=8)
hypotheses = st.lists(st.tuples(words, st.booleans()), max_size=12)


def after(*texts: str) -> Agreement:
    agreement = Agreement()
    for text in texts:
        agreement = agreement.heard(text.split(), grown=True)
    return agreement


def test_words_that_two_hypotheses_share_are_stable() -> None:
    agreement = after("track my", "track my order", "track my order for two")
    assert agreement.stable == ("track", "my", "order")
    assert agreement.text == "track my order for two"


def test_one_hypothesis_makes_nothing_stable() -> None:
    assert after("track my order").stable == ()


def test_the_last_word_may_still_grow() -> None:
    assert after("track my", "track my").stable == ("track",)


def test_case_and_punctuation_make_no_difference_and_the_later_spelling_holds() -> None:
    assert after("Track my order.", "track my order for two").stable == ("track", "my", "order")


def test_a_hypothesis_of_the_same_speech_bears_no_witness() -> None:
    agreement = after("track my order").heard(("track", "my", "order"), grown=False)
    assert (agreement.stable, agreement.text) == ((), "track my order")


def test_what_contradicts_stable_words_does_not_take_them_back() -> None:
    agreement = after("track my order", "track my order now").heard(["crack", "thy", "order", "then"], grown=True)
    assert agreement.text == "track my order then"


def test_cut_words_stay_in_the_text() -> None:
    agreement = after("track my order", "track my order now").cut(2)
    assert (agreement.gone, agreement.stable, agreement.newest) == (("track", "my"), ("order",), ("order", "now"))
    assert agreement.heard(("order", "today"), grown=True).text == "track my order today"


def test_only_stable_words_are_cut() -> None:
    with pytest.raises(ValueError, match="only stable words may be cut: there are 2, got 3"):
        after("track my order", "track my order").cut(3)


def test_common_counts_the_shared_beginning() -> None:
    assert common(("हाँ", "जी"), ("हां,", "जी!", "ठीक")) == 2
    assert common((), ("yes",)) == 0


@given(hypotheses, st.data())
def test_a_stable_word_is_never_taken_back(heard: list[tuple[list[str], bool]], data: st.DataObject) -> None:
    agreement = Agreement()
    for hypothesis, grown in heard:
        before = (*agreement.gone, *agreement.stable)
        agreement = agreement.heard(hypothesis, grown=grown)
        if data.draw(st.booleans()):
            agreement = agreement.cut(data.draw(st.integers(0, len(agreement.stable))))
        assert (*agreement.gone, *agreement.stable)[: len(before)] == before


@given(hypotheses)
def test_the_newest_hypothesis_begins_with_the_stable_words(heard: list[tuple[list[str], bool]]) -> None:
    agreement = Agreement()
    for hypothesis, grown in heard:
        agreement = agreement.heard(hypothesis, grown=grown)
        assert agreement.newest[: len(agreement.stable)] == agreement.stable
        assert len(agreement.newest) == max(len(hypothesis), len(agreement.stable))


@given(st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=10))
def test_a_speaker_heard_well_is_soon_agreed_on(said: list[str]) -> None:
    agreement = Agreement()
    for upto in range(1, len(said) + 1):
        agreement = agreement.heard(said[:upto], grown=True)
    assert agreement.stable == tuple(said[:-1])
