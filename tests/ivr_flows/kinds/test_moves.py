"""Each kind of step, event by event: what it asks for, and where each answer leads."""

from __future__ import annotations

import json

import pytest

from ivr_flows.commands import Command, End, Fetch, Pause, Recording, Say, SpokenText, Think, ThinkOn, Transfer, Wait
from ivr_flows.events import Digit, Event, Failed, Fetched, HungUp, Passed, Silence, Speech, Talked, Thought, TimeUp
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.model import Flow
from ivr_flows.model.steps import RunStep
from ivr_flows.session import Phase, Session
from tests.ivr_flows.everything import flow

INPUTS = {"sending": {"order_id": "4321"}}
TYPED = (Digit(0, "4"), Digit(0, "3"), Digit(0, "2"), Digit(0, "1"))
MESSAGE = Speech(0, "call me", 1.0, recording="turn-1.wav")


def play(name: str, *happening: Event) -> tuple[Session, tuple[Command, ...]]:
    """A call of a small flow: where it is after the events, and the last commands."""
    session, commands = start(flow(name), INPUTS.get(name, {}))
    for event in happening:
        session, commands = advance(flow(name), session, event)
    return session, commands


@pytest.mark.parametrize(
    ("name", "happening", "outcome"),
    [
        ("resting", (Passed(0), Digit(0, "1")), "done"),
        ("sending", (Fetched(0, {"ticket": "77"}),), "sent"),
        ("sending", (Fetched(0, {}),), "lost"),
        ("sending", (Failed(0, "timeout"),), "lost"),
        ("handing", (Talked(0, 5000),), "talked"),
        ("handing", (Failed(0, "busy"),), "nobody"),
        ("handing", (HungUp(0),), "nobody"),
        ("leaving", (MESSAGE, Digit(0, "1")), "left"),
        ("leaving", (MESSAGE, HungUp(0)), "left"),
        ("leaving", (HungUp(0, MESSAGE),), "left"),
        ("leaving", (HungUp(0),), "none"),
        ("recording", (MESSAGE,), "kept"),
        ("typing", (*TYPED, Digit(0, "1")), "typed"),
        ("typing", (*TYPED, Speech(0, "yes", 1.0)), "typed"),
        ("talking", (Digit(0, "0"),), "person"),
        ("talking", (Speech(0, "a person", 1.0),), "person"),
        ("talking", (Speech(0, "is it dear", 1.0), Thought(0, exit="agent", confidence=0.9)), "person"),
        ("talking", (Speech(0, "opening hours", 1.0),) * 3, "answered"),
        ("talking", (TimeUp(0),), "answered"),
        ("noting", (Speech(0, "please say that again and again", 1.0),), "noted"),
    ],
)
def test_events_lead_to_an_outcome(name: str, happening: tuple[Event, ...], outcome: str) -> None:
    session, commands = play(name, *happening)
    assert isinstance(commands[-1], End)
    assert session.outcome == outcome


@pytest.mark.parametrize(
    ("name", "happening", "phase", "asked"),
    [
        ("resting", (), Phase.PAUSE, Pause),
        ("sending", (), Phase.FETCH, Fetch),
        ("handing", (), Phase.TRANSFER, Transfer),
        ("talking", (Speech(0, "is it dear", 1.0),), Phase.THINK, Think),
        ("typing", TYPED, Phase.CONFIRM, Wait),
        ("leaving", (MESSAGE,), Phase.CONFIRM, Wait),
    ],
)
def test_what_was_asked_for_is_asked_for_again_on_resumption(
    name: str, happening: tuple[Event, ...], phase: Phase, asked: type[Command]
) -> None:
    session, commands = play(name, *happening)
    assert session.phase is phase
    assert isinstance(commands[-1], asked)
    resumed, again = resume(flow(name), Session.from_json(session.to_json()))
    assert resumed.phase is phase
    assert again[-1] == commands[-1]


def test_each_call_of_a_submission_has_one_key() -> None:
    _, commands = play("sending", Silence(0), Digit(0, "1"))
    _, first = play("sending")
    assert commands[-1] == first[-1]
    assert isinstance(first[-1], Fetch)
    assert first[-1].key


@pytest.mark.parametrize("no", [Digit(0, "2"), Speech(0, "no", 1.0)])
def test_an_entry_that_is_wrong_is_forgotten_and_typed_anew(no: Event) -> None:
    session, _ = play("typing", *TYPED)
    assert session.values["order"] == "4321"
    session, commands = advance(flow("typing"), session, no)
    assert (session.phase, session.no_match, "order" in session.values) == (Phase.ANSWER, 0, False)
    assert isinstance(commands[0], Say)
    assert commands[0].id.startswith("number.ask")


def test_a_message_is_played_back_and_spoken_anew() -> None:
    session, commands = play("leaving", MESSAGE)
    assert isinstance(commands[0], Say)
    assert commands[0].parts == (Recording("turn-1.wav"),)
    session, commands = advance(flow("leaving"), session, Digit(0, "2"))
    assert session.phase is Phase.ANSWER
    assert isinstance(commands[-1], Wait)
    assert commands[-1].beep


def test_a_recording_is_not_to_be_understood() -> None:
    _, commands = play("recording")
    assert isinstance(commands[-1], Wait)
    assert (commands[-1].record, commands[-1].recognise, commands[-1].free) == (True, False, True)
    session, _ = play("recording", MESSAGE)
    assert session.values == {"name": "turn-1.wav"}


def test_a_command_in_free_speech_is_the_whole_of_it() -> None:
    session, commands = play("noting", Speech(0, "say that again", 1.0))
    assert session.phase is Phase.ANSWER
    assert isinstance(commands[-1], Wait)
    assert [option.name for option in commands[-1].options] == ["again"]


def test_a_session_saved_before_the_new_fields_still_loads() -> None:
    session, _ = play("typing", Digit(0, "4"))
    saved = json.loads(session.to_json())
    for name in ("at_ms", "entered_ms", "turns", "history", "fetch_key", "time_up", "time_due"):
        del saved[name]
    assert Session.from_json(json.dumps(saved)) == session


def test_a_flow_that_was_not_expanded_is_refused_with_its_reason() -> None:
    made = flow("identifying")
    assert not any(isinstance(step, RunStep) for step in made.steps.values())
    raw = Flow(made.name, made.parts[made.name])
    with pytest.raises(ValueError, match="step identify runs typing; expected a flow made by the loader"):
        start(raw, {})


ANSWERED = (Speech(0, "when do you close", 1.0), Thought(0, "We close at nine. We open at nine, too.", "", 0.0))


@pytest.mark.parametrize(
    ("heard", "remembered"),
    [
        ({}, "We close at nine. We open at nine, too."),
        ({"talk.answer.1": "We close at"}, "We close at"),
        ({"talk.answer.1": ""}, None),
        ({"talk.ask.0": "What"}, "We close at nine. We open at nine, too."),
        ({"elsewhere.answer.1": "We"}, "We close at nine. We open at nine, too."),
    ],
)
def test_a_talk_remembers_what_was_heard_of_an_answer_that_was_cut_short(
    heard: dict[str, str], remembered: str | None
) -> None:
    session, commands = play("talking", *ANSWERED, Speech(0, "and on Sunday", 1.0, cut=heard))
    think = commands[-1]
    assert isinstance(think, Think)
    answer = [("agent", remembered)] if remembered else []
    assert list(think.history) == [("caller", "when do you close"), *answer, ("caller", "and on Sunday")]
    assert session.history == think.history


BEGUN = Thought(0, "We close at nine.", more=True)
IN_TWO = (Speech(0, "when do you close", 1.0), BEGUN, Thought(0, "We open at nine, too."))


def test_the_beginning_of_an_answer_is_said_and_the_rest_asked_for() -> None:
    session, commands = play("talking", *IN_TWO[:2])
    assert session.phase is Phase.THINK
    assert [type(command) for command in commands] == [Say, ThinkOn]
    session, commands = play("talking", *IN_TWO)
    assert session.phase is Phase.ANSWER
    assert [type(command) for command in commands] == [Say, Wait]
    assert session.turns == 1


@pytest.mark.parametrize("end", [Thought(0), Failed(0, "the stream was cut")])
def test_an_answer_that_ends_after_its_beginning_was_given(end: Event) -> None:
    session, commands = play("talking", *IN_TWO[:2], end)
    assert [type(command) for command in commands] == [Wait]
    assert (session.turns, session.no_match, session.waits) == (1, 0, 3)
    assert session.history[-1] == ("agent", "We close at nine.")


def test_an_exit_may_follow_a_beginning() -> None:
    session, _ = play("talking", *IN_TWO[:2], Thought(0, exit="agent", confidence=0.9))
    assert session.step == "person"


@pytest.mark.parametrize(
    ("heard", "remembered"),
    [
        ({}, ["We close at nine.", "We open at nine, too."]),
        ({"talk.answer.2": "We open"}, ["We close at nine.", "We open"]),
        ({"talk.answer.2": ""}, ["We close at nine."]),
        ({"talk.answer.1": "We", "talk.answer.2": ""}, ["We"]),
        ({"talk.answer.2": "", "talk.answer.1": ""}, []),
    ],
)
def test_of_an_answer_in_two_pieces_what_was_heard_of_each_is_remembered(
    heard: dict[str, str], remembered: list[str]
) -> None:
    session, _ = play("talking", *IN_TWO, Speech(0, "and on Sunday", 1.0, cut=heard))
    assert [text for who, text in session.history if who == "agent"] == remembered


def test_a_minds_text_holds_no_authors_tag() -> None:
    _, commands = play("talking", ANSWERED[0], Thought(0, "Oh [\u2063laugh] we close at nine.", "", 0.0))
    texts = [
        part.text for each in commands if isinstance(each, Say) for part in each.parts if isinstance(part, SpokenText)
    ]
    assert "Oh [laugh] we close at nine." in texts
