from __future__ import annotations

import pytest

from ivr_flows.commands import Decide, Say, SpokenText, Wait
from ivr_flows.events import Decided, Digit, Silence
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.problems import FlowError

FLOW = """
flows:
  shop:
    languages: [en]
    outcomes: [done]
    on_hang_up: done
    gives_up: bye
    decisions: {already: bye, failed: bye}
    start: hello
    steps:
      hello: {say: {en: "Hello."}, next: pin}
      pin:
        say: {en: "Nobody listens in."}
        ask: {en: "Your PIN, then hash."}
        private: true
        digits: {into: pin, min: 4, max: 4, ends_with: "#"}
        confirm: {say: {en: "Was it {{ pin }}? One for yes, two for no."}, yes: "1", no: "2"}
        next: decide
      decide: {decide: done, next: bye}
      bye: {say: {en: "Goodbye."}, hang_up: done}
"""
ANNOUNCED = FLOW.replace("start: hello", "start: hello\n    recording: announced\n    announce: {en: We record.}")


@pytest.fixture
def flow() -> Flow:
    return parse_flows(FLOW).flows["shop"]


def test_an_answer_is_private_until_it_is_taken(flow: Flow) -> None:
    session, commands = start(flow, {})
    waits = [commands[-1]]
    for at_ms, digit in enumerate("*1234#", start=1):
        session, commands = advance(flow, session, Digit(at_ms, digit))
        waits.append(commands[-1])
    session, commands = advance(flow, session, Silence(10))
    waits.append(commands[-1])
    assert [wait.private for wait in waits if isinstance(wait, Wait)] == [True] * len(waits)
    session, commands = advance(flow, session, Digit(11, "1"))
    assert commands == (Decide("done", {"pin": 1234}),)
    _, commands = advance(flow, session, Decided(12, accepted=True))
    assert not any(command.private for command in commands if isinstance(command, Say))


def test_only_what_reads_the_answer_back_is_masked(flow: Flow) -> None:
    session, commands = start(flow, {})
    assert [command.private for command in commands if isinstance(command, Say)] == [False, False, False]
    for at_ms, digit in enumerate("1234#", start=1):
        session, commands = advance(flow, session, Digit(at_ms, digit))
    assert [command.private for command in commands if isinstance(command, Say)] == [True]


def test_a_private_answer_in_words_is_not_kept_as_a_recording() -> None:
    said = FLOW.replace('digits: {into: pin, min: 4, max: 4, ends_with: "#"}', "listen: {into: pin, silence: 2s}")
    cut = "\n".join(line for line in said.splitlines() if "confirm" not in line)
    _, commands = start(parse_flows(cut).flows["shop"], {})
    wait = commands[-1]
    assert isinstance(wait, Wait)
    assert (wait.private, wait.record, wait.free) == (True, False, True)


def test_that_a_call_is_recorded_is_said_first_once_and_to_its_end() -> None:
    flow = parse_flows(ANNOUNCED).flows["shop"]
    session, commands = start(flow, {})
    said = [command for command in commands if isinstance(command, Say)]
    assert [(say.parts, say.barge_in) for say in said[:2]] == [
        ((SpokenText("We record.", "en"),), False),
        ((SpokenText("Hello.", "en"),), True),
    ]
    assert len({say.id for say in said}) == len(said)
    _, again = resume(flow, session)
    assert not any(say.id.split(".")[1] == "announce" for say in again if isinstance(say, Say))
    assert [say.parts for say in flow.fixed_prompts()].count(said[0].parts) == 1


@pytest.mark.parametrize("words", ["recording: announced", "announce: {en: We record.}", "recording: loudly"])
def test_words_and_the_wish_for_them_come_together(words: str) -> None:
    with pytest.raises(FlowError, match="announced"):
        parse_flows(FLOW.replace("start: hello", f"start: hello\n    {words}"))
