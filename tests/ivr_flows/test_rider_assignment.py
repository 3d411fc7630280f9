"""The rider's call, path by path."""

from __future__ import annotations

import pytest

from ivr_flows.commands import End
from ivr_flows.world import World
from tests.ivr_flows.shop import rider


@pytest.mark.parametrize(
    ("language", "way", "pay"),
    [
        ("hi", "साढ़े 4 किलोमीटर", "62 रुपये"),
        ("mr", "साडे ४ किलोमीटर", "६२ रुपये"),
        ("en", "4 and a half kilometres", "62 rupees"),
    ],
)
def test_the_offer_is_said_as_people_say_it(language: str, way: str, pay: str) -> None:
    call = rider(language)
    assert way in call.greeting
    assert pay in call.greeting


@pytest.mark.parametrize(("key", "outcome"), [("1", "accepted"), ("2", "rejected")])
def test_one_key_decides(key: str, outcome: str) -> None:
    call = rider()
    call.keys(key)
    assert call.end == End(outcome, {}, decided=True)


def test_speech_alone_never_decides() -> None:
    call = rider()
    call.say("हाँ")
    assert not call.decisions
    call.say("हाँ")
    assert call.end == End("accepted", {}, decided=True)


def test_the_same_answer_twice_is_a_confirmation() -> None:
    call = rider("en")
    call.say("I can't")
    call.say("reject")
    assert call.end == End("rejected", {}, decided=True)


def test_no_answer() -> None:
    call = rider()
    call.silence()
    call.silence()
    assert call.end == End("no_answer_given")


def test_hanging_up() -> None:
    assert rider().hang_up() == End("hung_up")


@pytest.mark.parametrize(("accepted", "outcome"), [(False, "already_taken"), (None, "not_recorded")])
def test_decisions_that_do_not_stand(accepted: bool | None, outcome: str) -> None:
    call = rider(world=World({}, accepted=accepted))
    call.keys("1")
    assert call.end == End(outcome)
