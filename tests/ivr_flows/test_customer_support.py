"""The customer's call, path by path."""

from __future__ import annotations

import pytest

from ivr_flows.commands import End
from ivr_flows.world import World
from tests.ivr_flows.shop import JUPITER, customer


def test_order_status_by_voice_and_key() -> None:
    call = customer()
    assert "order number" in call.say("where is my order?")
    said = call.keys("4321#")
    assert [(fetch.name, fetch.arguments) for fetch in call.fetches] == [("order_status", {"order_id": "4321"})]
    assert "Your order is on the way. It should be with you in 12 minutes." in said
    assert "Thank you for calling" in call.say("no")
    assert call.end == End("answered", {"order_number": "4321"})


def test_the_number_of_a_key_can_be_said() -> None:
    assert "order number" in customer().say("one")


def test_an_order_that_is_not_found() -> None:
    call = customer()
    assert "can't find that order" in call.keys("19999#")
    assert "order number" in call.keys("1")


@pytest.mark.parametrize("answer", [{"status": "eaten"}, {}, {"status": "preparing", "minutes": "soon"}])
def test_an_answer_of_jupiter_that_is_no_answer(answer: dict[str, object]) -> None:
    call = customer(world=World({"order_status": lambda _: answer}))
    assert "can't find that order" in call.keys("14321#")


def test_without_minutes_only_the_status_is_told() -> None:
    call = customer(world=World({"order_status": lambda _: {"status": "delivered"}}))
    said = call.keys("14321#")
    assert "Your order is delivered." in said
    assert "minutes" not in said


def test_cancelling_is_decided_by_key_only() -> None:
    call = customer()
    call.say("cancelled")
    assert "4 3 2 1" in call.keys("4321#")
    assert call.wait.clear_typed
    call.say("yes")
    assert not call.decisions
    assert "Your request to cancel" in call.keys("1")
    call.silence()
    assert call.end == End("cancel_requested", {"order_number": "4321"}, decided=True)


def test_a_decision_stands_whatever_comes_after() -> None:
    call = customer()
    call.keys("24321#1")
    assert call.hang_up() == End("cancel_requested", {"order_number": "4321"}, decided=True)


def test_keeping_the_order() -> None:
    call = customer()
    assert "the order stays" in call.keys("24321#2")
    assert not call.decisions


@pytest.mark.parametrize("word", ["agent", "Transfer.", "operator", "zero"])
def test_a_person_is_reached_from_anywhere(word: str) -> None:
    call = customer()
    call.keys("1")
    assert "I connect you with a person" in call.say(word)
    assert [transfer.to for transfer in call.transfers] == ["+918047112200"]
    assert call.end == End("talked")


def test_zero_is_a_digit_where_a_number_is_typed() -> None:
    call = customer(world=World({"order_status": lambda _: {"status": "placed"}}))
    call.keys("1")
    call.keys("0011#")
    assert call.fetches[0].arguments == {"order_id": "0011"}


def test_goodbye_ends_the_call() -> None:
    call = customer()
    call.say("Goodbye!")
    assert call.end == End("answered")


def test_the_language_changes_in_mid_call() -> None:
    call = customer()
    assert "ऑर्डर कहाँ है" in call.keys("7")
    assert "ऑर्डर नंबर दबाइए" in call.say("मेरा ऑर्डर कहाँ है")
    assert "12 मिनट में पहुँच जाएगा" in call.keys("4321#")
    assert "ऑर्डर कुठे आहे" in call.say("मराठी")
    assert call.session.language == "mr"


def test_hanging_up_after_the_answer_counts_as_answered() -> None:
    call = customer(world=JUPITER)
    call.keys("14321#")
    assert call.hang_up().outcome == "answered"
    assert customer().hang_up().outcome == "hung_up"
