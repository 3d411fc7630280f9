"""The steps of a call are told from what is saved at its waits."""

from __future__ import annotations

import pytest

from ivr_flows.events import Digit, Event, HungUp, Silence
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import parse_flows
from ivr_flows.travel import begun, travelled

FLOW = parse_flows("""
flows:
  order:
    languages: [en]
    inputs: {total: rupees}
    outcomes: [taken, large, gone]
    on_hang_up: gone
    gives_up: bye
    start: hello
    commands:
      again: {key: "*"}
    steps:
      hello: {say: {en: "Hello."}, next: size}
      size:
        branch: [{when: total > 500, next: dear}]
        otherwise: cheap
      dear: {say: {en: "It is dear."}, next: accept}
      cheap: {say: {en: "It is cheap."}, next: accept}
      accept:
        ask: {en: "Press one to take it, two to hear the price, star to hear it again."}
        options:
          take: {key: "1", next: bye}
          price: {key: "2", next: price}
      price: {say: {en: "It is {{ total }}."}, next: accept}
      bye: {say: {en: "Goodbye."}, hang_up: taken}
""").flows["order"]


@pytest.mark.parametrize(("total", "way"), [("900", "dear"), ("90", "cheap")])
def test_branches_are_told_by_the_case_that_holds(total: str, way: str) -> None:
    session, _ = start(FLOW, {"total": total})
    assert begun(FLOW, session) == ("hello", "size", way, "accept")


def walk(*events: Event) -> list[tuple[str, ...]]:
    session, _ = start(FLOW, {"total": "90"})
    found = []
    for event in events:
        before = session
        session, _ = advance(FLOW, before, event)
        found.append(travelled(FLOW, before, session))
    return found


def test_a_way_back_to_the_same_question_is_a_way_each_time() -> None:
    round_ = ("accept", "price", "accept")
    assert walk(Digit(10, "2"), Digit(20, "2"), Digit(30, "1")) == [round_, round_, ("accept", "bye")]


def test_an_answer_that_means_nothing_leads_nowhere() -> None:
    assert walk(Digit(10, "9"), Silence(20)) == [(), ()]


def test_the_last_silence_leads_to_the_end() -> None:
    assert walk(Silence(10), Silence(20), Silence(30)) == [(), (), ("accept", "bye")]


def test_a_repetition_goes_back_to_where_it_began() -> None:
    assert walk(Digit(10, "*")) == [("accept", "hello", "size", "cheap", "accept")]


def test_a_hang_up_leads_nowhere() -> None:
    assert walk(HungUp(10)) == [()]
