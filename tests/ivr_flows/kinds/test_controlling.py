"""What is asked of a call from outside, whatever it waits for."""

from __future__ import annotations

import pytest

from ivr_flows.commands import Decide, End, Fetch, Pause, Say, SpokenText, Transfer, Wait
from ivr_flows.events import (
    Canceled,
    Decided,
    Digit,
    Dismissed,
    Event,
    Failed,
    LanguageAsked,
    Speech,
    Talked,
    TimeUp,
    TransferAsked,
)
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.session import Phase, Session
from ivr_flows.vocabulary import GOODBYE, NOT_NEEDED
from tests.ivr_flows.everything import flow as small

FLOW = """
flows:
  order:
    languages: [hi, en]
    outcomes: [confirmed, unclear, hung_up, already{gone}]
    on_hang_up: hung_up
    gives_up: unclear
    {canceled}
    decisions: {{already: already, failed: unclear}}
    start: accept
    steps:
      accept:
        ask: {{hi: "एक दबाइए।", en: "Press one."}}
        options: {{accept: {{key: "1", next: confirmed}}}}
      confirmed: {{decide: confirmed, say: {{hi: "पक्का।", en: "Confirmed."}}, next: more}}
      more:
        ask: {{hi: "और कुछ?", en: "Anything else?"}}
        options: {{no: {{key: "2", next: unclear}}}}
      unclear: {{say: {{hi: "नमस्ते।", en: "Goodbye."}}, hang_up: unclear}}
      already: {{say: {{hi: "पहले ही।", en: "Already."}}, hang_up: already}}
"""
GONE = """\
      gone: {say: {hi: "रद्द।", en: "The order is gone."}, hang_up: gone}
"""
PLAIN = parse_flows(FLOW.format(canceled="", gone="")).flows["order"]
WORDED = parse_flows(FLOW.format(canceled="canceled: gone", gone=", gone") + GONE).flows["order"]
INPUTS = {"sending": {"order_id": "4321"}}


def play(flow: Flow, *happening: Event, language: str = "") -> tuple[Session, list[str], object]:
    """Where the call is after the events, what was said upon the last of them, and what it waits for."""
    session, commands = start(flow, INPUTS.get(flow.name, {}), language)
    for event in happening:
        session, commands = advance(flow, Session.from_json(session.to_json()), event)
    said = [
        part.text for each in commands if isinstance(each, Say) for part in each.parts if isinstance(part, SpokenText)
    ]
    return session, said, commands[-1]


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_call_that_is_canceled_says_so_in_its_language_and_ends(language: str) -> None:
    session, said, end = play(PLAIN, Canceled(5), language=language)
    assert said == [NOT_NEEDED["hi" if language == "hi" else "en"]]
    assert isinstance(end, End)
    assert (session.outcome, end.decided) == ("canceled", False)


def test_a_flow_has_its_own_words_and_outcome_for_that() -> None:
    session, said, _ = play(WORDED, Canceled(5), language="en")
    assert (session.outcome, said) == ("gone", ["The order is gone."])


def test_a_decision_that_is_refused_because_the_order_was_canceled_says_that_and_not_that_it_was_answered() -> None:
    pressed = Digit(0, "1"), Decided(0, accepted=False, canceled=True)
    assert play(WORDED, *pressed, language="en")[1] == ["The order is gone."]
    session, said, _ = play(PLAIN, *pressed, language="en")
    assert (session.outcome, said) == ("canceled", [NOT_NEEDED["en"]])
    assert play(PLAIN, Digit(0, "1"), Decided(0, accepted=False), language="en")[1] == ["Already."]


@pytest.mark.parametrize("flow", [PLAIN, WORDED])
def test_what_was_decided_is_not_taken_back_in_words(flow: Flow) -> None:
    session, said, end = play(flow, Digit(0, "1"), Decided(0, accepted=True), Canceled(0), language="en")
    assert (session.outcome, said) == ("confirmed", [GOODBYE["en"]])
    assert isinstance(end, End)
    assert end.decided


@pytest.mark.parametrize("control", [Canceled(0), Dismissed(0), LanguageAsked(0, "en"), TransferAsked(0, "+9198")])
def test_a_decision_that_is_being_committed_is_not_interrupted(control: Event) -> None:
    session, said, asked = play(PLAIN, Digit(0, "1"), control)
    assert (session.phase, said, session.language) == (Phase.DECIDE, [], "hi")
    assert isinstance(asked, Decide)


@pytest.mark.parametrize(
    "name", ["resting", "sending", "handing", "talking", "leaving", "recording", "typing", "noting"]
)
@pytest.mark.parametrize("control", [Canceled(0), Dismissed(0)])
def test_a_call_ends_whatever_it_waits_for(name: str, control: Event) -> None:
    session, said, end = play(small(name), control)
    assert isinstance(end, End)
    assert session.outcome == "canceled"
    assert len(said) == 1


def test_the_question_is_put_again_in_the_other_language() -> None:
    session, said, asked = play(PLAIN, LanguageAsked(0, "en"))
    assert (session.language, said) == ("en", ["Press one."])
    assert isinstance(asked, Wait)
    assert asked.language == "en"
    assert play(PLAIN, LanguageAsked(0, "mr"))[0].language == "hi"


@pytest.mark.parametrize(("name", "waits_for"), [("resting", Pause), ("sending", Fetch), ("handing", Transfer)])
def test_a_caller_is_handed_over_and_back_to_what_the_call_waited_for(name: str, waits_for: type) -> None:
    flow, asked = small(name), TransferAsked(0, "+919812345678")
    session, _, ringing = play(flow, asked)
    assert ringing == Transfer("+919812345678")
    resumed, again = resume(flow, Session.from_json(session.to_json()))
    assert (resumed.phase, again) == (Phase.HANDOVER, (ringing,))
    session, _, waiting = play(flow, asked, Failed(0, "busy"))
    assert isinstance(waiting, waits_for)
    assert (session.handed_to, session.interrupted) == ("", "")
    assert waiting == play(flow)[2]


def test_when_the_person_has_left_the_call_is_over() -> None:
    session, said, end = play(PLAIN, TransferAsked(0, "+9198"), TimeUp(0), Talked(0, 9000), language="en")
    assert (session.outcome, said) == ("transferred", [GOODBYE["en"]])
    assert isinstance(end, End)


def test_when_nobody_came_the_question_is_put_again() -> None:
    session, said, asked = play(PLAIN, TransferAsked(0, "+9198"), Speech(0, "hello", 1.0), Failed(0, "busy"))
    assert (session.phase, said) == (Phase.ANSWER, ["एक दबाइए।"])
    assert isinstance(asked, Wait)
