"""What a flow says to a machine."""

from __future__ import annotations

import pytest

from ivr_flows.interpreter import start
from ivr_flows.loader import parse_flows
from ivr_flows.message import message

FLOWS = """
flows:
  order:
    languages: [en, hi]
    inputs: {vendor: text}
    outcomes: [told]
    on_hang_up: told
    gives_up: told
    start: told
    MESSAGE
    steps:
      told: {say: {en: "Goodbye.", hi: "नमस्ते।"}, hang_up: told}
"""
SPOKEN = 'message: {en: "{{ vendor }}, please call us.", hi: "{{ vendor }}, हमें फ़ोन कीजिए।"}'


@pytest.mark.parametrize(("language", "text"), [("en", "Asha, please call us."), ("hi", "Asha, हमें फ़ोन कीजिए।")])
def test_it_is_said_in_the_call_s_language_with_its_inputs_and_not_cut_short(language: str, text: str) -> None:
    flow = parse_flows(FLOWS.replace("MESSAGE", SPOKEN)).flows["order"]
    assert flow.leaves_messages
    session, _ = start(flow, {"vendor": "Asha"}, language)
    said = message(flow, session)
    assert said is not None
    assert [getattr(part, "text", "") for part in said.parts] == [text]
    assert not said.barge_in


def test_a_flow_without_one_says_nothing_and_is_not_taken_for_leaving_messages() -> None:
    flow = parse_flows(FLOWS.replace("MESSAGE", "")).flows["order"]
    assert message(flow, start(flow, {"vendor": "Asha"})[0]) is None
    assert not flow.leaves_messages
