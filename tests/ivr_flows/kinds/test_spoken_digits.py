"""A number said instead of typed: read back always, bounded as typed ones are, and never mixed with keys."""

from __future__ import annotations

import pytest

from ari_app.calls.numbers import read_number
from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Speech
from ivr_flows.interpreter import advance
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.simulator import Simulator

MINUTES = "into: n, type: minutes, max: 3, between: [5, 180]"
ORDER = "into: n, type: order_number, min: 3, max: 6"


def flow(digits: str, more: str = "") -> Flow:
    return parse_flows(f"""
routes: [{{any: true, flow: it}}]
flows:
  it:
    languages: [en, hi, mr]
    outcomes: [done, unclear]
    on_hang_up: unclear
    gives_up: unclear
    commands: {{again: {{key: "*", hear: {{en: [say that again], hi: [फिर से], mr: [परत सांगा]}}}}}}
    no_match: {{say: {{en: "What?", hi: "क्या?", mr: "काय?"}}, unsure: {{en: "Pardon?", hi: "जी?", mr: "हं?"}}}}
    start: here
    steps:
      here: {{ask: {{en: "How many?", hi: "कितने?", mr: "किती?"}}, digits: {{{digits}}}, next: done{more}}}
      done: {{hang_up: done}}
      unclear: {{hang_up: unclear}}
""").flows["it"]


def call(digits: str, language: str = "en", more: str = "") -> Simulator:
    return Simulator(flow(digits, more), {}, language, numbers=read_number)


def taken(one: Simulator) -> object:
    assert one.end is not None
    assert one.end.outcome == "done"
    return one.end.data["n"]


@pytest.mark.parametrize(
    ("digits", "language", "said", "value", "heard"),
    [
        (MINUTES, "en", "twenty five", 25, "25 minutes"),
        (MINUTES, "en", "around twenty minutes please", 20, "20 minutes"),
        (MINUTES, "hi", "डेढ़ सौ", 150, "ढाई घंटे"),
        (MINUTES, "mr", "पंचेचाळीस", 45, "४५ मिनिटे"),
        (ORDER, "en", "nine double eight", "988", "9 8 8"),
        (ORDER, "hi", "पाँच शून्य शून्य एक", "5001", "5 0 0 1"),
        ("into: n, type: text, min: 3, max: 6", "en", "zero zero seven", "007", "0 0 7"),
        ("into: n, min: 2, max: 2", "en", "five", 5, "5"),
    ],
)
def test_numbers_are_taken_once_they_were_read_back(
    digits: str, language: str, said: str, value: object, heard: str
) -> None:
    one = call(digits, language)
    asked = one.say(said)
    assert heard in asked
    assert one.wait.keys.startswith("12")
    one.keys("1")
    assert taken(one) == value


def test_yes_may_be_said_and_no_has_it_said_or_typed_again() -> None:
    one = call(MINUTES)
    assert one.say("fifteen") == "15 minutes. Is that right? For yes, press 1; for no, press 2."
    assert one.say("no") == "How many?"
    one.say("fifty")
    one.say("yes")
    assert taken(one) == 50


def test_the_step_s_own_read_back_comes_first() -> None:
    confirm = ', confirm: {say: {en: "{{ n }}, yes?", hi: "{{ n }}?", mr: "{{ n }}?"}, yes: "7", no: "8"}'
    one = call(MINUTES, more=confirm)
    assert one.say("fifteen") == "15 minutes, yes?"
    one.keys("7")
    assert taken(one) == 15


def test_what_was_typed_needs_no_read_back() -> None:
    one = call("into: n, type: minutes, max: 2")
    one.keys("15")
    assert taken(one) == 15


@pytest.mark.parametrize(
    ("digits", "said", "confidence", "answer"),
    [
        (MINUTES, "two hundred", 0.9, "What? How many?"),
        (MINUTES, "one and a half", 0.9, "What? How many?"),
        (MINUTES, "three", 0.9, "What? How many?"),
        (MINUTES, "fifteen", 0.4, "Pardon? How many?"),
        (ORDER, "nine eight", 0.9, "What? How many?"),
        (ORDER, "one two three four five six seven", 0.9, "What? How many?"),
        (ORDER, "I have no idea", 0.9, "What? How many?"),
    ],
)
def test_bounds_and_confidence_are_the_step_s(digits: str, said: str, confidence: float, answer: str) -> None:
    one = call(digits)
    assert one.say(said, confidence) == answer
    assert one.session.no_match == 1
    assert one.end is None


def test_commands_may_be_said_beside_it() -> None:
    assert call(MINUTES).say("say that again") == "How many?"


@pytest.mark.parametrize(
    ("digits", "more", "spoken"),
    [
        (MINUTES, "", True),
        (MINUTES + ", speak: false", "", False),
        (MINUTES, ", private: true", False),
        (MINUTES + ", speak: true", ", private: true", True),
    ],
)
def test_flows_choose_whether_it_may_be_said(digits: str, more: str, spoken: bool) -> None:
    one = call(digits, more=more)
    assert one.wait.numbers is spoken
    one.say("fifteen")
    assert bool(one.session.confirming) is spoken


def test_once_a_key_was_pressed_the_entry_is_the_keys() -> None:
    it = flow(ORDER)
    one = Simulator(it, {}, numbers=read_number)
    one.keys("12")
    assert (one.wait.numbers, one.wait.options) == (False, ())
    late = Speech(one.at_ms, "nine double eight", 0.9, number="988", digits="988")
    session, commands = advance(it, one.session, late)
    assert session.typed == "12"
    assert [type(command) for command in commands] == [Wait]
    session, _ = advance(it, session, Digit(one.at_ms, "3"))
    assert session.typed == "123"
