from __future__ import annotations

from load.paths import Move, Way, usual, ways
from tests.ivr_flows.shop import book

PERSON = {"person": "+918047112200"}


def _of(every: list[Way], outcome: str) -> list[Way]:
    return [way for way in every if way.outcome == outcome]


def test_a_vendors_keys_lead_to_what_the_flow_says() -> None:
    every = ways(book().flows["vendor_confirmation"], "hi")
    confirmed = _of(every, "confirmed")
    assert [(way.moves, way.data) for way in confirmed] == [((Move("1"), Move("5#")), {"ready_in": 5})]
    assert confirmed[0].keys == "15#"
    assert {"confirmed", "rejected", "hung_up", "wrong_number", "unclear"} <= {way.outcome for way in every}


def test_the_worlds_answers_are_not_counted_on() -> None:
    outcomes = {way.outcome for way in ways(book().flows["vendor_confirmation"], "hi")}
    assert not outcomes & {"already_answered", "not_recorded"}


def test_calls_that_would_ring_somebody_or_ask_the_backend_are_left_out() -> None:
    every = ways(book().flows["customer_support"], "en", PERSON)
    assert not [way.shown for way in every if "order_status" in way.shown]
    assert "talked" not in {way.outcome for way in every}
    assert not _of(ways(book().flows["office"], "en", PERSON), "talked")


def test_a_loop_ends_with_the_callers_hang_up() -> None:
    every = ways(book().flows["vendor_confirmation"], "en")
    back = next(way for way in every if way.keys == "30" and way.shown.endswith("> accept"))
    assert back.moves[-1] == Move()
    assert back.outcome == "hung_up"


def test_the_quickest_way_to_each_outcome_is_the_usual_one() -> None:
    every = ways(book().flows["rider_assignment"], "hi")
    chosen = {way.outcome: way for way in usual(every)}
    assert chosen["accepted"].keys == "1"
    assert chosen["hung_up"].moves == (Move(),)
    assert not chosen["no_answer_given"].patient
    assert len(chosen) == len({way.outcome for way in every})
