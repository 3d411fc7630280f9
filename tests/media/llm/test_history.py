"""A history that fits: what is dropped, what always stays, and the order that templates take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.llm.history import estimated_tokens, in_order, shortened
from media.llm.protocol import Message

SYSTEM = Message("system", "rules")
TALK = (
    Message("user", "one"),
    Message("assistant", "two"),
    Message("user", "three"),
    Message("assistant", "four"),
    Message("user", "five"),
)


def of_letters(text: str) -> int:
    return len(text)


def test_what_fits_stays_as_it_is() -> None:
    assert shortened((SYSTEM, *TALK), 1000) == (SYSTEM, *TALK)


def test_the_oldest_is_dropped_first() -> None:
    cost = sum(len(message.text) + 4 for message in (SYSTEM, *TALK))
    assert shortened((SYSTEM, *TALK), cost - 1, of_letters) == (SYSTEM, *TALK[1:])
    assert shortened((SYSTEM, *TALK), cost - 8, of_letters) == (SYSTEM, *TALK[2:])


def test_the_rules_and_the_last_exchange_stay_though_they_do_not_fit() -> None:
    found = Message("system", "order: on its way")
    assert shortened((SYSTEM, *TALK, found), 1) == (SYSTEM, *TALK[3:], found)


def test_a_message_in_between_that_does_not_fit_ends_the_history() -> None:
    long = Message("user", "x" * 500)
    assert shortened((SYSTEM, TALK[0], TALK[1], long, TALK[3], TALK[4]), 100, of_letters) == (SYSTEM, *TALK[3:])


def test_devanagari_takes_more_tokens_than_english() -> None:
    assert estimated_tokens("where is my food") == 5
    assert estimated_tokens("मेरा खाना कहाँ है") >= 14
    assert estimated_tokens("") == 0
    assert estimated_tokens("4250") == 4


def test_the_system_speaks_once_and_first() -> None:
    later = Message("system", "order: x")
    assert in_order((SYSTEM, TALK[0], TALK[1], TALK[1], later)) == (
        Message("system", "rules\n\norder: x"),
        TALK[0],
        Message("assistant", "two two"),
    )
    assert in_order(()) == ()


@given(st.lists(st.sampled_from(TALK), max_size=12), st.integers(0, 60))
def test_a_shortened_history_is_the_end_of_the_whole(talk: list[Message], most: int) -> None:
    kept = shortened((SYSTEM, *talk), most, of_letters)
    assert kept[0] == SYSTEM
    assert tuple(talk[len(talk) - len(kept) + 1 :]) == kept[1:]
