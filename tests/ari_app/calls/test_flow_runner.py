"""A flow on a call: keys and words to the wait that they are for, decisions before words, a hang-up last."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ari_app.calls.backend import BackendError
from ari_app.calls.state import State
from ari_app.store.records import Decision
from media.dialog.protocol import (
    AgentFinished,
    AgentStarted,
    BargedIn,
    SpeechFailed,
    SpeechStarted,
)
from tests.ari_app.calls.scene import FLOWS, Scene, order_flow
from tests.virtual_time import settle, virtual_time

ACCEPT, MINUTES = "To accept, press one.", "How many minutes?"


async def talking(keys: str = "") -> Scene:
    """A call whose flow runs; the keys are pressed one after the other."""
    scene = Scene()
    await scene.reach(State.TALKING)
    for key in keys:
        scene.call.key(key)
        await settle()
    return scene


async def noted(scene: Scene, kind: str) -> list[dict[str, object]]:
    await scene.history.flush()
    return [dict(event.data) for event in scene.store.events if event.kind == kind]


# -- keys --------------------------------------------------------------------------------------------------------------


@virtual_time
async def test_keys_ahead_of_the_prompts_are_kept_for_the_waits_that_follow() -> None:
    scene = await talking()
    for key in "120#":
        scene.call.key(key)
    final = await scene.final()
    assert final.outcome == "confirmed"
    assert scene.backend.decided == [("confirmed", {"ready_in": 20})]
    assert scene.leg.cuts == 4


@virtual_time
async def test_keys_pressed_before_a_wait_that_clears_them_are_forgotten() -> None:
    scene = await talking("2")
    scene.leg.silence()
    scene.leg.turn("no time")
    scene.call.key("1")
    scene.call.key("1")
    await settle()
    assert scene.leg.texts[-1] == "Sure? Press one."
    assert scene.backend.decided == []
    scene.call.key("1")
    assert (await scene.final()).outcome == "rejected"


@virtual_time
async def test_a_key_waits_for_the_end_of_a_prompt_that_may_not_be_cut() -> None:
    scene = await talking()
    scene.leg.protected = True
    scene.call.key("1")
    await settle()
    assert scene.leg.texts == [ACCEPT]
    assert scene.leg.cuts == 0
    scene.leg.unprotect()
    await settle()
    assert scene.leg.texts == [ACCEPT, MINUTES]


@virtual_time
async def test_no_more_than_64_keys_are_kept() -> None:
    scene = await talking()
    scene.leg.protected = True
    for key in "3" * 200 + "1":
        scene.call.key(key)
    await settle()
    assert len(await noted(scene, "key")) == 201
    scene.leg.unprotect()
    await settle()
    assert len(scene.backend.fetched) <= 64


@virtual_time
async def test_a_prompt_that_may_not_be_cut_is_said_so() -> None:
    scene = await talking("4")
    assert [(say.barge_in, say.id) for say in scene.leg.said][1][0] is False


# -- words -------------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_spoken_answer_from_the_closed_list() -> None:
    scene = await talking()
    assert scene.leg.listened[-1].phrases == ("yes", "one", "no", "two")
    assert scene.leg.listened[-1].end_silence_ms == 600
    scene.leg.turn("yes")
    await settle()
    assert scene.leg.texts[-1] == MINUTES


@virtual_time
async def test_a_turn_that_was_over_before_the_question_does_not_answer_it() -> None:
    """“yes” is still being recognised when a key takes the call to the next question."""
    scene = await talking()
    await asyncio.sleep(1)
    scene.call.key("2")
    await settle()
    await asyncio.sleep(0.2)
    scene.leg.turn("yes", took_ms=300)
    await settle()
    assert scene.leg.texts[-1] == "Say why, then press hash."
    assert [line["text"] for line in await noted(scene, "caller_said")] == ["yes"]


@virtual_time
async def test_a_turn_that_began_before_the_question_and_ended_in_it_counts() -> None:
    scene = await talking()
    await asyncio.sleep(1)
    scene.call.key("2")
    await settle()
    await asyncio.sleep(0.8)
    scene.leg.turn("no time", took_ms=300, recording=Path("/recordings/turn-1.wav"))
    await settle()
    assert scene.leg.texts[-1] == "Sure? Press one."


@virtual_time
async def test_the_key_that_ends_a_turn_is_answered_by_the_turn() -> None:
    scene = await talking("2")
    listening = scene.leg.listened[-1]
    assert listening.free
    assert listening.record == Path("/recordings/turn-1.wav")
    scene.leg.in_turn = True
    scene.call.key("#")
    scene.call.key("1")
    await settle()
    assert scene.leg.texts[-1] == "Say why, then press hash."
    scene.leg.turn("no time", recording=Path("/recordings/turn-1.wav"))
    await settle()
    assert scene.leg.texts[-1] == "Sure? Press one."
    scene.call.key("1")
    assert (await scene.final()).outcome == "rejected"
    assert scene.backend.decided[0][1] == {"reason": "no time", "reason_recording": "turn-1.wav"}


@virtual_time
async def test_the_key_that_ends_a_turn_is_not_kept_for_the_next_question() -> None:
    scene = await talking("2")
    scene.leg.turn("no time")
    scene.call.key("#")
    await settle()
    assert scene.leg.texts[-1] == "Sure? Press one."
    assert not [text for text in scene.leg.texts if text.startswith("Sorry")]


@virtual_time
async def test_each_recorded_turn_has_a_name_of_its_own() -> None:
    scene = await talking("2")
    scene.leg.silence()
    await settle()
    records = [listening.record for listening in scene.leg.listened if listening.record]
    assert records == [Path("/recordings/turn-1.wav"), Path("/recordings/turn-2.wav")]


@virtual_time
async def test_silence_is_an_answer_unless_a_key_was_pressed_in_it() -> None:
    scene = await talking()
    scene.leg.protected = True
    scene.leg.silence()
    scene.call.key("1")
    scene.leg.unprotect()
    await settle()
    assert scene.leg.texts == [ACCEPT, MINUTES]
    for _ in range(3):
        scene.leg.silence()
        await settle()
    assert (await scene.final()).outcome == "unclear"


# -- decisions ------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_hang_up_while_a_decision_is_committed_comes_after_it() -> None:
    scene = await talking()
    scene.backend.held = asyncio.Event()
    for key in "15#":
        scene.call.key(key)
        await settle()
    scene.leave()
    await settle()
    assert scene.backend.cancelled == 0
    scene.backend.held.set()
    final = await scene.final()
    assert (final.outcome, final.decided) == ("confirmed", True)
    assert scene.backend.decided == [("confirmed", {"ready_in": 5})]
    assert scene.nothing_left()


@virtual_time
async def test_nothing_is_said_of_a_decision_before_it_is_committed() -> None:
    scene = await talking()
    scene.backend.held = asyncio.Event()
    for key in "15#":
        scene.call.key(key)
        await settle()
    assert scene.leg.texts[-1] == MINUTES
    assert not scene.leg.listening
    scene.backend.held.set()
    await settle()
    assert scene.leg.texts[-1] == "It is confirmed."


@pytest.mark.parametrize("error", [BackendError("the database is away"), None])
@virtual_time
async def test_a_decision_that_could_not_be_committed_is_told_to_the_caller(error: BackendError | None) -> None:
    scene = await talking()
    if error:
        scene.backend.decision = error
    else:
        scene.backend.held = asyncio.Event()
    for key in "15#":
        scene.call.key(key)
    final = await scene.final(0 if error else 40)
    assert final.outcome == "not_saved"
    assert scene.leg.texts[-1] == "Not saved."
    (line,) = await noted(scene, "decision_failed")
    assert line["error"] == (str(error) if error else "no answer within 40 s")


@virtual_time
async def test_a_decision_that_came_second() -> None:
    scene = await talking()
    scene.backend.decision = Decision(accepted=False, outcome="rejected")
    for key in "15#":
        scene.call.key(key)
    assert (await scene.final()).outcome == "already"
    assert scene.leg.texts[-1] == "Decided already."


# -- lookups --------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_lookup_is_told() -> None:
    scene = await talking("3")
    assert scene.backend.fetched == [("order_status", {"order_id": "42"})]
    assert scene.leg.texts[1:] == ["It is on_the_way.", ACCEPT]


@virtual_time
async def test_a_hang_up_ends_a_lookup_at_once() -> None:
    scene = await talking()
    scene.backend.held = asyncio.Event()
    scene.call.key("3")
    await settle()
    scene.leave()
    final = await scene.final()
    assert final.outcome == "hung_up"
    assert scene.backend.cancelled == 1


@pytest.mark.parametrize("error", [BackendError("the backend is away"), None])
@virtual_time
async def test_a_lookup_that_gives_nothing(error: BackendError | None) -> None:
    scene = await talking()
    if error:
        scene.backend.answer = error
    else:
        scene.backend.held = asyncio.Event()
    scene.call.key("3")
    final = await scene.final(0 if error else 3)
    assert final.outcome == "unclear"
    (line,) = await noted(scene, "fetch_failed")
    assert line["error"] == (str(error) if error else "no answer within 3 s")


# -- the end --------------------------------------------------------------------------------------------------------


@virtual_time
async def test_the_last_words_are_played_out_before_the_hang_up() -> None:
    scene = await talking()
    scene.leg.play()
    for key in "15#":
        scene.call.key(key)
        await settle()
    await asyncio.sleep(4)
    assert scene.call.state is State.TALKING
    scene.leg.played()
    assert (await scene.final()).outcome == "confirmed"


@virtual_time
async def test_a_hang_up_does_not_wait_for_the_last_words() -> None:
    scene = await talking()
    scene.leg.play()
    for key in "15#":
        scene.call.key(key)
        await settle()
    scene.leave()
    assert (await scene.final()).outcome == "confirmed"


@virtual_time
async def test_last_words_that_never_end_are_cut_off() -> None:
    scene = await talking()
    scene.leg.play()
    for key in "15#":
        scene.call.key(key)
    assert (await scene.final(60)).outcome == "confirmed"


# -- what is kept ---------------------------------------------------------------------------------------------------


@virtual_time
async def test_the_session_is_saved_at_each_wait_and_at_the_end() -> None:
    scene = await talking()
    await scene.history.flush()
    assert '"step":"accept"' in scene.store.sessions[-1]
    scene.call.key("1")
    await settle()
    await scene.history.flush()
    assert '"step":"minutes"' in scene.store.sessions[-1]
    scene.leave()
    await scene.final()
    await scene.history.flush()
    assert '"outcome":"hung_up"' in scene.store.sessions[-1]


@virtual_time
async def test_what_the_media_tell_is_noted() -> None:
    scene = await talking()
    await asyncio.sleep(2)
    at = asyncio.get_running_loop().time() - 1
    for event in (
        AgentStarted(at, "s1"),
        SpeechStarted(at),
        BargedIn(at, "To accept", at),
        AgentFinished(at, "s1", "To accept", complete=False),
        SpeechFailed(at, "voice", "broken"),
    ):
        scene.leg.tell(event)
    await scene.history.flush()
    kinds = ["agent_started", "caller_started", "barged_in", "said", "engine_failed"]
    assert scene.store.kinds[-5:] == kinds
    assert [event.data["ms"] for event in scene.store.events[-5:]] == [1000] * 5


@virtual_time
async def test_sounds_are_looked_for_beside_the_flows() -> None:
    from ivr_flows.loader import parse_flows

    text = FLOWS.replace('ask: {en: "To accept, press one."}', "ask: {en: {sound: ding.wav}}")
    scene = Scene(flow=parse_flows(text).flows["order"])
    await scene.reach(State.TALKING)
    assert scene.leg.said[0].parts == (Path("/sounds/ding.wav"),)


def test_the_flow_of_these_tests_says_what_is_tested() -> None:
    assert set(order_flow().outcomes) == {"confirmed", "rejected", "unclear", "hung_up", "already", "not_saved"}
