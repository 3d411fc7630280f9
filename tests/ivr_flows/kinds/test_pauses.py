from __future__ import annotations

import pytest

from ivr_flows.commands import Pauses, Wait
from ivr_flows.interpreter import start
from ivr_flows.loader import parse_flows
from ivr_flows.problems import FlowError

FLOW = """
flows:
  shop:
    languages: [en]
    outcomes: [done]
    on_hang_up: done
    gives_up: bye
    start: ask
    pauses: {least: 250ms, usual: 700ms}
    steps:
      ask:
        ask: {en: "Ready?"}
        %s
        options: {one: {key: "1", hear: {en: ["ready"]}, next: bye}}
      bye: {hang_up: done}
"""


def pauses_of(own: str) -> Pauses:
    flow = parse_flows(FLOW % own).flows["shop"]
    _, commands = start(flow, {})
    wait = commands[-1]
    assert isinstance(wait, Wait)
    return wait.pauses


def test_what_a_question_does_not_say_its_flow_says() -> None:
    assert pauses_of("description: plain") == Pauses(250, 700, None)
    assert pauses_of("pauses: {most: 2s}") == Pauses(250, 700, 2000)


def test_what_a_question_says_counts_where_the_two_do_not_fit_together() -> None:
    assert pauses_of("pauses: {usual: 200ms}") == Pauses(200, 200, None)
    assert pauses_of("pauses: {least: 900ms}") == Pauses(900, 900, None)
    assert pauses_of("pauses: {most: 500ms}") == Pauses(250, 500, 500)


def test_a_message_keeps_its_own_silence_unless_it_says_otherwise() -> None:
    text = FLOW.replace(
        'options: {one: {key: "1", hear: {en: ["ready"]}, next: bye}}',
        "listen: {into: said, silence: 2s}\n        next: bye",
    )
    flow = parse_flows(text % "description: plain").flows["shop"]
    wait = start(flow, {})[1][-1]
    assert isinstance(wait, Wait)
    assert wait.pauses == Pauses(2000, 2000, None)


def test_pauses_in_the_wrong_order_are_refused_with_their_place() -> None:
    with pytest.raises(FlowError) as refused:
        parse_flows(FLOW % "pauses: {least: 2s, most: 1s}")
    assert "least ≤ usual ≤ most, got 2000 ms, 1000 ms" in str(refused.value)
    assert ":13" in str(refused.value)
