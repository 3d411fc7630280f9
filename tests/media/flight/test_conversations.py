"""Whole conversations on the virtual clock: what is logged of them replays, and tells what happened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from media.dialog.protocol import TurnEnded
from media.flight.records import Flight
from media.flight.replay import replay_turns
from media.flight.story import LATENCY, STAGES, Story, story
from tests.media.dialog.harness import ENGLISH, Call
from tests.media.fakes import ScriptedRecogniser
from tests.media.flight.flights import Tape
from tests.virtual_time import virtual_time


async def talk(script: list[str], so_far: str | None) -> tuple[Flight, Call]:
    """`say`, `listen` and the like are done; anything else is what the caller does, 20 ms a mark."""
    tape = Tape()
    recogniser = ScriptedRecogniser(texts=["yes", "no"] * 40, so_far=so_far)
    call = Call(recognisers=(recogniser,), clock=tape.clock, flight=tape.log)
    for number, doing in enumerate(script):
        match doing:
            case "say":
                call.say(f"say-{number}", "some words that are said to them")
            case "must":
                call.say(f"say-{number}", "words that must be heard", barge_in=False)
            case "listen":
                call.leg.listen(ENGLISH)
            case "stop":
                call.leg.stop_listening()
            case "key":
                call.leg.stop_speaking()
                call.leg.end_turn()
                call.leg.restart_silence()
            case _:
                await call.run(doing)
    await call.leg.close()
    return tape.flight(), call


doings = st.sampled_from(
    ["say", "must", "listen", "stop", "key", "." * 20, "#" * 12, "#" * 4, "." * 60, "#." * 10, " " * 30, "#" * 50]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(doings, min_size=3, max_size=25), st.sampled_from([None, "yes", "no and", "ok"]))
def test_a_replay_decides_as_the_call_did(script: list[str], so_far: str | None) -> None:
    @virtual_time
    async def one_call() -> None:
        flight, _ = await talk(script, so_far)
        replayed = replay_turns(flight)
        assert replayed.difference is None
        assert replayed.incomplete == ""

    one_call()


async def told(script: list[str], so_far: str | None = None) -> Story:
    flight, _ = await talk(script, so_far)
    return story(flight)


@virtual_time
async def test_the_story_has_the_turn_and_what_its_answer_waited_for() -> None:
    call = await told(["listen", "." * 10, "#" * 30, "." * 40, "say", "." * 60])
    (turn,) = call.turns
    assert turn.text == "yes"
    assert round(turn.voiced_until - turn.started, 2) == 0.58
    waits = dict(turn.waits)
    assert 580 <= waits["end silence"] <= 620
    assert turn.answer_ms is not None
    assert round(sum(waits.values()), 6) == round(turn.answer_ms, 6)
    assert [round(span.end - span.start, 2) for span in call.voice] == [0.6]
    (said,) = call.agent
    assert said.text == "some words that are said to them"
    assert said.complete
    assert said.start >= turn.told


@virtual_time
async def test_what_the_call_measured_of_a_turn_is_told_as_it_measured_it() -> None:
    tape = Tape()
    call = Call(recognisers=(ScriptedRecogniser(),), clock=tape.clock, flight=tape.log)
    call.leg.listen(ENGLISH)
    await call.run("#" * 30 + "." * 40)
    (ended,) = call.of(TurnEnded)
    took = {"endpoint_ms": 600, "text_ms": 20, "meaning_ms": 5, "words_ms": 300, "audio_ms": 60, "played_ms": 15}
    tape.log.note(LATENCY, ended.speech_ended_at + 1, **took, total_ms=1000, answered=True)
    await call.leg.close()
    (turn,) = story(tape.flight()).turns
    assert turn.waits == tuple((STAGES[stage], ms) for stage, ms in took.items())
    assert turn.answer_ms == 1000


@virtual_time
async def test_the_story_has_an_interruption_and_where_it_stood_still() -> None:
    call = await told(["listen", "say", "." * 15, "#" * 50, "." * 60])
    (said,) = call.agent
    assert not said.complete
    (pause,) = call.pauses
    assert pause.text == "cut"
    assert said.start < pause.start < pause.end
    assert [mark.text for mark in call.marks if mark.kind == "agent"] == ["stands still", "is cut"]


@virtual_time
async def test_the_story_has_what_the_agent_did_not_yield_to() -> None:
    call = await told(["listen", "say", "." * 15, "#" * 6, "." * 60])
    assert [pause.text for pause in call.pauses] == ["went on"]
    assert [said.complete for said in call.agent] == [True]


@virtual_time
async def test_what_was_listened_for_ends_with_the_listening() -> None:
    call = await told(["." * 10, "listen", "." * 20, "stop", "." * 10])
    assert [(round(span.start, 2), round(span.end, 2)) for span in call.listening] == [(0.2, 0.6)]


@virtual_time
async def test_a_flight_without_words_tells_the_same_but_for_the_words() -> None:
    tape = Tape(words=False)
    call = Call(clock=tape.clock, flight=tape.log)
    call.leg.listen(ENGLISH)
    await call.run("." * 10 + "#" * 30 + "." * 40)
    await call.leg.close()
    masked = story(tape.flight())
    assert [turn.text for turn in masked.turns] == ["…"]
    assert b"yes" not in tape.data
