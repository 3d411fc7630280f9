"""The simulated call answers every kind of command on its virtual clock."""

from __future__ import annotations

import pytest

from ivr_flows.commands import Think, Transfer
from ivr_flows.events import Failed, HungUp, Talked, Thought, TimeUp
from ivr_flows.simulator import SimulationError, Simulator
from ivr_flows.world import World
from tests.ivr_flows.everything import flow


def lines(call: Simulator, who: str) -> list[str]:
    return [line.what for line in call.transcript if line.who == who]


def test_a_wait_takes_its_time() -> None:
    call = Simulator(flow("resting"), {})
    said_ms = (len("One moment.") + len("Ready? Press one.")) * 65
    assert call.at_ms == said_ms + 2000
    assert lines(call, "system") == ["waits 2 s"]


def test_a_submission_is_taken_and_has_a_key() -> None:
    world = World({}, submits={"call_back": lambda values: {"ticket": f"T{values['order']}"}})
    call = Simulator(flow("sending"), {"order_id": "77"}, world=world)
    assert call.end
    assert call.end.outcome == "sent"
    (fetch,) = call.fetches
    assert fetch.key
    assert lines(call, "system")[0] == "sends call_back {'order': '77'}"
    assert "T" in call.greeting


def test_a_submission_that_is_not_named_fails_in_its_time() -> None:
    call = Simulator(flow("sending"), {"order_id": "77"})
    assert call.end
    assert call.end.outcome == "lost"
    assert call.at_ms > 5000


def test_a_transfer_is_whispered_and_talked() -> None:
    asked: list[Transfer] = []

    def callee(transfer: Transfer) -> Talked:
        asked.append(transfer)
        return Talked(0, 30_000)

    call = Simulator(flow("handing"), {}, world=World({}, transfers=callee))
    assert call.end
    assert call.end.outcome == "talked"
    assert lines(call, "whisper") == ["A customer. Press one."]
    assert lines(call, "system")[:2] == ["rings +918047119999", "they talk for 30 s"]
    assert call.transfers == asked
    assert call.at_ms > 35_000


def test_a_transfer_that_nobody_takes() -> None:
    call = Simulator(flow("handing"), {}, world=World({}, transfers=lambda _: Failed(0, "busy")))
    assert call.end
    assert call.end.outcome == "nobody"
    assert "nobody takes the call: busy" in lines(call, "system")
    assert not lines(call, "whisper")


def test_a_mind_answers_and_means_an_exit() -> None:
    thoughts = iter([Thought(0, "We deliver."), Thought(0, exit="agent")])
    asked: list[Think] = []

    def mind(think: Think) -> Thought:
        asked.append(think)
        return next(thoughts)

    call = Simulator(flow("talking"), {}, world=World({}, thoughts=mind))
    assert "We deliver." in call.say("do you deliver")
    assert "A person calls you." in call.say("let me speak to somebody")
    assert call.end
    assert call.end.outcome == "person"
    assert [think.history[-1] for think in asked] == [
        ("caller", "do you deliver"),
        ("caller", "let me speak to somebody"),
    ]


def test_facts_need_no_mind() -> None:
    call = Simulator(flow("talking"), {})
    assert "From nine to nine." in call.say("opening hours")


def test_a_hang_up_in_the_midst_of_a_message_keeps_it() -> None:
    call = Simulator(flow("leaving"), {})
    end = call.hang_up("please call", recording="turn-1.wav")
    assert (end.outcome, end.data) == ("left", {"message": "please call", "message_recording": "turn-1.wav"})
    assert lines(call, "caller") == ["says 'please call' and hangs up"]
    event = call.passages[-1].event
    assert isinstance(event, HungUp)
    assert event.speech
    assert event.speech.at_ms == event.at_ms


def test_a_tone_is_in_the_transcript() -> None:
    assert lines(Simulator(flow("leaving"), {}), "system") == ["a tone"]


def test_the_time_is_up_once_and_before_the_next_event() -> None:
    call = Simulator(flow("talking"), {})
    call.pass_time(299_000)
    assert not call.end
    call.pass_time(2_000)
    assert "Our time is up." in call.say("hello")
    assert call.end
    assert call.end.outcome == "answered"
    assert [type(passage.event) for passage in call.passages] == [TimeUp]


def test_the_time_of_a_flow_without_one_is_the_simulator_s() -> None:
    call = Simulator(flow("resting"), {}, longest_ms=60_000)
    call.pass_time(60_000)
    call.hang_up()
    assert call.end
    assert call.end.outcome == "done"
    assert Simulator(flow("resting"), {}).time_up() == "Goodbye."


def test_nothing_comes_after_the_end() -> None:
    call = Simulator(flow("resting"), {})
    call.time_up()
    for move in (call.silence, call.time_up, lambda: call.pass_time(1000), lambda: call.keys("1")):
        with pytest.raises(SimulationError, match="the call is over"):
            move()


def test_the_language_that_was_heard() -> None:
    call = Simulator(flow("choosing"), {})
    assert call.say("भाषा", heard_in="hi") == "धन्यवाद।"
    assert call.session.language == "hi"
