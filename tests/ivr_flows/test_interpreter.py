"""The interpreter, whatever happens: it always has an answer, and always comes to a declared outcome."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr_flows.commands import Command, Decide, End, Fetch, Pause, Say, Think, ThinkOn, Transfer, Wait
from ivr_flows.events import (
    Decided,
    Digit,
    Event,
    Failed,
    Fetched,
    Guess,
    HungUp,
    Passed,
    Silence,
    Speech,
    Talked,
    Thought,
    TimeUp,
)
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.problems import InputError
from ivr_flows.session import Phase, Session, SessionError
from tests.ivr_flows.everything import EVERYTHING
from tests.ivr_flows.shop import ORDER, SUPPORT, TRIP, book

INPUTS: dict[str, dict[str, Any]] = {
    "vendor_confirmation": ORDER,
    "rider_assignment": TRIP,
    "customer_support": SUPPORT,
    "office": SUPPORT,
    "voicemail": {},
    "after_hours": {},
}
SMALL: dict[str, Flow] = dict(parse_flows(EVERYTHING).flows)
"""A flow for each kind of step."""
SAID = [
    "",
    "yes",
    "no",
    "हाँ",
    "नहीं",
    "agent",
    "cancel",
    "goodbye",
    "फिर से",
    "one",
    "नमस्ते दुनिया",
    "मराठी",
    "hindi",
    "{{ 7*7 }}",
]
OPTIONS = ["accept", "reject", "agent", "goodbye", "yes", "no", "order_status", "nothing"]
confidence = st.floats(0, 1)
at_ms = st.integers(0, 3_600_000)
events = st.one_of(
    st.builds(Passed, at_ms),
    st.builds(Talked, at_ms, at_ms),
    st.builds(
        Thought,
        at_ms,
        st.text(max_size=30),
        st.sampled_from(["", "done", "order_status", "nothing"]),
        confidence,
        st.booleans(),
    ),
    st.builds(TimeUp, at_ms),
    st.builds(Digit, st.just(0), st.sampled_from("0123456789*#")),
    st.builds(
        Speech,
        st.just(0),
        st.one_of(st.sampled_from(SAID), st.text(max_size=20)),
        confidence,
        st.lists(st.builds(Guess, st.sampled_from(OPTIONS), confidence), max_size=3).map(tuple),
        st.none() | st.just("turn-1.wav"),
        st.sampled_from(["", "hi", "mr", "en", "ta"]),
    ),
    st.builds(Silence, st.just(0)),
    st.builds(Decided, st.just(0), st.booleans()),
    st.builds(
        Fetched,
        st.just(0),
        st.dictionaries(
            st.sampled_from(["status", "minutes"]), st.sampled_from(["placed", "delivered", "on_the_way", 12, None, []])
        ),
    ),
    st.builds(Failed, st.just(0), st.just("late")),
)


def run(flow: Flow, language: str, happening: list[Event]) -> tuple[Session, tuple[Command, ...]]:
    session, commands = start(flow, INPUTS.get(flow.name, {}) or _given(flow), language)
    check(flow, session, commands)
    for event in happening:
        session, commands = advance(flow, Session.from_json(session.to_json()), event)
        check(flow, session, commands)
    return session, commands


def _given(flow: Flow) -> dict[str, Any]:
    """Inputs for a small flow."""
    return {name: "4321" for name, value in flow.inputs.items() if value.needed}


def check(flow: Flow, session: Session, commands: tuple[Command, ...]) -> None:
    *says, last = commands
    assert all(isinstance(command, Say) for command in says)
    expected = {
        Phase.ANSWER: Wait,
        Phase.CONFIRM: Wait,
        Phase.DECIDE: Decide,
        Phase.FETCH: Fetch,
        Phase.PAUSE: Pause,
        Phase.THINK: Think | ThinkOn,
        Phase.TRANSFER: Transfer,
        Phase.ENDED: End,
    }
    assert isinstance(last, expected[session.phase])
    assert Session.from_json(session.to_json()) == session
    if isinstance(last, End):
        assert last.outcome in flow.outcomes
    if isinstance(last, Wait) and not last.free:
        assert last.keys


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(INPUTS)),
    language=st.sampled_from(["hi", "mr", "en"]),
    happening=st.lists(events, max_size=40),
)
def test_any_events_end_in_a_declared_outcome(name: str, language: str, happening: list[Event]) -> None:
    flow = book().flows[name]
    _, commands = run(flow, language, [*happening, HungUp(0)])
    assert len(commands) == 1
    assert isinstance(commands[0], End)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(SMALL)),
    happening=st.lists(events, max_size=30),
    spoken=st.none()
    | st.builds(Speech, st.just(0), st.sampled_from(SAID), confidence, recording=st.just("turn-9.wav")),
)
def test_any_events_end_every_kind_of_step(name: str, happening: list[Event], spoken: Speech | None) -> None:
    flow = SMALL[name]
    session, commands = run(flow, "", happening)
    assert resume(flow, Session.from_json(session.to_json()))[0].phase is session.phase
    _, commands = run(flow, "", [*happening, HungUp(0, spoken)])
    assert isinstance(commands[-1], End)


@pytest.mark.parametrize("name", sorted(INPUTS))
@pytest.mark.parametrize(
    "event",
    [Digit(0, "*"), Silence(0), Speech(0, "फिर से", 1.0), Speech(0, "repeat", 1.0), Digit(0, "1"), Failed(0, "")],
)
def test_the_same_event_for_ever_comes_to_an_end(name: str, event: Event) -> None:
    session, commands = run(book().flows[name], "hi", [event] * 150)
    assert session.phase is Phase.ENDED
    assert isinstance(commands[-1], End)


@settings(max_examples=100, deadline=None)
@given(happening=st.lists(events, max_size=12))
def test_a_decision_that_was_committed_stands_to_the_end(happening: list[Event]) -> None:
    flow = book().flows["customer_support"]
    decide = [Digit(0, key) for key in "24321#1"]
    _, commands = run(flow, "en", [*decide, Decided(0, True), *happening, HungUp(0)])
    assert commands == (End("cancel_requested", commands[0].data, decided=True),)  # type: ignore[union-attr]


def test_nothing_is_said_before_it_is_committed() -> None:
    flow = book().flows["rider_assignment"]
    _, commands = run(flow, "en", [Digit(0, "1")])
    assert commands == (Decide("accepted", {}),)


def test_an_event_out_of_place_is_answered_with_the_same_wait() -> None:
    flow = book().flows["rider_assignment"]
    session, commands = start(flow, TRIP, "en")
    again, waits = advance(flow, session, Decided(0, True))
    assert waits == (commands[-1],)
    assert again.step == session.step


def test_what_has_ended_stays_ended() -> None:
    flow = book().flows["rider_assignment"]
    session, commands = run(flow, "en", [HungUp(0)])
    assert advance(flow, session, Digit(0, "1")) == (session, commands)


def test_a_saved_session_is_resumed_with_its_question() -> None:
    flow = book().flows["vendor_confirmation"]
    session, _ = run(flow, "en", [Digit(0, "1"), Digit(0, "2")])
    session, commands = resume(flow, Session.from_json(session.to_json()))
    assert isinstance(commands[0], Say)
    assert "how many minutes" in commands[0].parts[0].text  # type: ignore[union-attr]
    assert session.typed == ""


@pytest.mark.parametrize("keys", ["120#", "21"])
def test_a_decision_under_way_is_asked_for_again_on_resumption(keys: str) -> None:
    flow = book().flows["vendor_confirmation"]
    session, commands = run(flow, "en", [Digit(0, key) for key in keys])
    assert resume(flow, session)[1] == commands


def test_a_session_of_another_version_is_refused() -> None:
    flow = book().flows["rider_assignment"]
    session, _ = start(flow, TRIP, "en")
    other = Flow(flow.name, flow.body.model_copy(update={"most_waits": 50}))
    assert other.hash != flow.hash
    with pytest.raises(SessionError, match="expected a session of rider_assignment"):
        advance(other, session, Silence(0))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2}', '{"version": 1, "flow": "x"}'])
def test_what_is_no_session_is_refused(text: str) -> None:
    with pytest.raises(SessionError):
        Session.from_json(text)


def test_a_language_that_the_flow_does_not_speak_is_refused() -> None:
    with pytest.raises(InputError, match="language: expected one of hi, mr, en, got 'ta'"):
        start(book().flows["rider_assignment"], TRIP, "ta")


def test_inputs_are_data_and_no_templates() -> None:
    flow = book().flows["rider_assignment"]
    _, commands = start(flow, {**TRIP, "pickup": "{{ pay }} {% for %}"}, "en")
    assert isinstance(commands[0], Say)
    assert "{{ pay }} {% for %} to" in commands[0].parts[0].text  # type: ignore[union-attr]


CHOOSE = """
flows:
  hello:
    languages: [hi, en]
    outcomes: [done, lost]
    on_hang_up: lost
    gives_up: lost
    start: choose
    steps:
      choose:
        ask: {hi: "हिंदी के लिए एक", en: "For English, two"}
        language: {hi: "1", en: "2"}
        next: name
      name:
        set: {greeting: hello}
        next: which
      which:
        branch:
          - {when: "greeting == 'hello'", next: done}
        otherwise: lost
      done:
        say: {hi: "{{ greeting }} नमस्ते", en: [{sound: ding.wav}, "{{ greeting }} there"]}
        barge_in: false
        hang_up: done
      lost: {hang_up: lost}
"""


def test_the_language_is_chosen_in_each_language() -> None:
    flow = parse_flows(CHOOSE).flows["hello"]
    session, commands = start(flow, {})
    assert [say.parts[0].language for say in commands[:-1] if isinstance(say, Say)] == ["hi", "en"]  # type: ignore[union-attr]
    session, commands = advance(flow, session, Digit(0, "2"))
    assert session.language == "en"
    (say, end) = commands
    assert isinstance(say, Say)
    assert [getattr(part, "text", None) or part.path for part in say.parts] == ["ding.wav", "hello there"]  # type: ignore[union-attr]
    assert not say.barge_in
    assert end == End("done", {"greeting": "hello"})


@pytest.mark.parametrize(
    ("said", "heard_in", "chosen"),
    [("Hindi", "", "hi"), ("english please", "", "en"), ("मुझे खाना चाहिए", "hi", "hi"), ("", "hi", "hi")],
)
def test_a_language_is_chosen_by_its_name_or_by_speaking_it(said: str, heard_in: str, chosen: str) -> None:
    flow = parse_flows(CHOOSE).flows["hello"]
    session, commands = start(flow, {})
    assert isinstance(commands[-1], Wait)
    assert commands[-1].detect == ("hi", "en")
    session, _ = advance(flow, session, Speech(0, said, 1.0, language=heard_in))
    assert session.language == chosen


@pytest.mark.parametrize(
    "speech", [Speech(0, "tamil", 1.0), Speech(0, "hindi", 0.3), Speech(0, "வணக்கம்", 1.0, language="ta")]
)
def test_other_speech_at_a_language_choice_is_no_match(speech: Speech) -> None:
    flow = parse_flows(CHOOSE).flows["hello"]
    session, _ = start(flow, {})
    for _ in range(2):
        session, commands = advance(flow, session, speech)
        assert isinstance(commands[-1], Wait)
    session, commands = advance(flow, session, speech)
    assert commands == (End("lost"),)
