"""Who wants no more calls says so once, at any question."""

from __future__ import annotations

import pytest

from ivr_flows.commands import End, OptOut, Say, Wait
from ivr_flows.events import Canceled, Decided, Digit, Event, Failed, HungUp, Speech, TimeUp
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.paths.coverage import explored
from ivr_flows.paths.tracing import shown
from ivr_flows.session import Phase, Session
from ivr_flows.simulator import Simulator
from ivr_flows.world import World

FLOW = parse_flows("""
flows:
  order:
    languages: [hi, en]
    outcomes: [confirmed, typed, heard, opted_out, unclear, hung_up]
    on_hang_up: hung_up
    gives_up: unclear
    decisions: {already: unclear, failed: unclear}
    longest: {after: 5m, then: unclear}
    commands:
      never: {key: "#", hear: {hi: [दोबारा मत करना], en: [never call again]}, next: never}
    start: tongue
    steps:
      tongue:
        ask: {hi: "हिन्दी के लिए एक।", en: "For English, two."}
        language: {hi: "1", en: "2"}
        next: accept
      accept:
        ask: {hi: "एक, दो या तीन।", en: "Press one, two or three."}
        options:
          confirm: {key: "1", next: confirmed}
          type: {key: "2", next: minutes}
          speak: {key: "3", next: why}
      confirmed: {decide: confirmed, say: {hi: "पक्का।", en: "Confirmed."}, next: accept}
      minutes:
        ask: {hi: "मिनट?", en: "How many minutes?"}
        digits: {into: wait, type: minutes, max: 2}
        next: typed
      why:
        ask: {hi: "क्यों?", en: "Why?"}
        listen: {into: why}
        next: heard
      typed: {hang_up: typed}
      heard: {hang_up: heard}
      never:
        opt_out: opted_out
        say: {hi: "अब कॉल नहीं आएगा।", en: "We call no more."}
        failed: unclear
      unclear: {say: {hi: "नमस्ते।", en: "Goodbye."}, hang_up: unclear}
""").flows["order"]
NEVER = {"hi": "दोबारा मत करना", "en": "never call again"}


def said(text: str, confidence: float = 0.95) -> Speech:
    return Speech(1, text, confidence)


def play(*happening: Event) -> tuple[Session, tuple[object, ...]]:
    session, commands = start(FLOW, {})
    for event in happening:
        session, commands = advance(FLOW, Session.from_json(session.to_json()), event)
    return session, commands


@pytest.mark.parametrize("way", ["", "2", "22", "23"], ids=["language", "options", "digits", "words"])
@pytest.mark.parametrize("answer", [Digit(1, "#"), said(NEVER["en"])], ids=["key", "words"])
def test_it_is_understood_at_every_question(way: str, answer: Event) -> None:
    session, commands = play(*(Digit(1, key) for key in way), answer)
    assert session.phase is Phase.OPT_OUT
    assert commands == (OptOut(),), "nothing is said before it is committed"


def test_before_a_language_is_chosen_it_can_be_said_in_each() -> None:
    for words in NEVER.values():
        assert play(said(words))[0].phase is Phase.OPT_OUT
        assert isinstance(play(said(words, 0.3))[1][-1], Wait), "what was not surely heard is not taken"


def test_it_is_told_once_it_is_committed_and_ends_the_call() -> None:
    session, commands = play(Digit(1, "2"), Digit(2, "#"), Decided(3, accepted=True))
    say, end = commands
    assert isinstance(say, Say)
    assert "We call no more." in str(say.parts)
    assert end == End("opted_out", {}, decided=False)
    assert session.outcome == "opted_out"


def test_what_could_not_be_committed_is_not_told() -> None:
    session, commands = play(Digit(1, "2"), Digit(2, "#"), Failed(3, "locked"))
    assert session.outcome == "unclear"
    assert "no more" not in str(commands)


def test_a_decision_that_was_taken_before_stands() -> None:
    done = Decided(3, accepted=True)
    session, commands = play(Digit(1, "2"), Digit(2, "1"), done, Digit(4, "#"), done)
    assert session.outcome == "confirmed"
    assert isinstance(commands[-1], End)
    assert commands[-1].decided


@pytest.mark.parametrize("event", [Digit(3, "1"), said("yes"), Canceled(3), TimeUp(3)])
def test_nothing_comes_between_it_and_its_commit(event: Event) -> None:
    session, commands = play(Digit(1, "2"), Digit(2, "#"), event)
    assert session.phase is Phase.OPT_OUT
    assert commands == (OptOut(),)


def test_a_call_that_goes_on_after_a_crash_has_it_committed_again() -> None:
    session, _ = play(Digit(1, "2"), Digit(2, "#"))
    assert resume(FLOW, session)[1] == (OptOut(),)


def test_a_hang_up_before_the_commit_ends_as_one() -> None:
    assert play(Digit(1, "2"), Digit(2, "#"), HungUp(3))[0].outcome == "hung_up"


def test_the_simulator_keeps_the_list() -> None:
    call = Simulator(FLOW, {})
    call.keys("2")
    assert "no more" in call.say("never call again")
    assert call.opted_out
    assert call.end
    assert call.end.outcome == "opted_out"
    away = Simulator(FLOW, {}, world=World({}, accepted=None))
    away.keys("2#")
    assert not away.opted_out


def test_its_paths_are_to_be_walked() -> None:
    paths = {shown(path) for path in explored(FLOW, {}, "hi").paths}
    assert any(path.endswith("never (committed) = opted_out") for path in paths), paths
    assert any("never (failed) > unclear" in path for path in paths)
