"""What a flow does besides asking: pauses, messages after a tone, their playback, the end of the call's time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ari_app.calls.state import State
from ivr_flows.loader import parse_flows
from media.dialog.protocol import TurnEnded
from media.tts.protocol import Speech
from tests.ari_app.calls.scene import Scene
from tests.virtual_time import settle, virtual_time

FLOWS = """
flows:
  shop:
    languages: [en]
    outcomes: [left_message, nothing_said, sent, not_sent, timed_out]
    on_hang_up: nothing_said
    gives_up: bye
    longest: {after: 60s, then: enough}
    start: hub
    steps:
      hub:
        ask: {en: "What now?"}
        options:
          moment: {key: "1", next: moment}
          message: {key: "2", next: message}
          name: {key: "3", next: name}
          complaint: {key: "4", next: complaint}
      moment: {say: {en: "One moment."}, wait: 4s, music: tune.wav, next: message}
      message:
        ask: {en: "Speak after the tone."}
        voicemail: {into: message, review: {ask: {en: "Keep it?"}}}
        on_hang_up: left_message
        next: thanks
      name:
        ask: {en: "Your name?"}
        record: {into: name, longest: 5s}
        next: thanks
      complaint:
        submit: {name: complaint, service: tickets, timeout: 8s}
        say: {en: "Sending."}
        next: sent
        failed: not_sent
      sent: {say: {en: "Sent."}, hang_up: sent}
      not_sent: {say: {en: "Not sent."}, hang_up: not_sent}
      thanks: {say: {en: "Thank you."}, hang_up: left_message}
      enough: {say: {en: "Your time is up."}, hang_up: timed_out}
      bye: {say: {en: "Goodbye."}, hang_up: nothing_said}
"""


async def talking(step: str, *, longest_s: float = 10_000.0, held: bool = False) -> Scene:
    """A call that comes to this step, where something is being said; `held`: the backend does not answer."""
    flow = parse_flows(FLOWS).flows["shop"]
    scene = Scene(flow=flow, inputs={}, longest_s=longest_s)
    scene.backend.held = asyncio.Event() if held else None
    await scene.reach(State.TALKING)
    scene.leg.play()
    scene.call.key({"moment": "1", "message": "2", "name": "3", "complaint": "4"}[step])
    await settle()
    del scene.leg.said[0], scene.leg.listened[0]
    scene.leg.cuts = 0
    return scene


def kept_turn(text: str = "") -> TurnEnded:
    now = asyncio.get_running_loop().time()
    return TurnEnded(now, text, 0.0, "", now - 2, now - 0.1, 0.0, Path("/recordings/turn-1.wav"))


# -- pauses ------------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_pause_begins_when_all_was_said_and_has_its_music() -> None:
    scene = await talking("moment")
    await asyncio.sleep(2)
    assert scene.leg.music == []
    said_at = asyncio.get_running_loop().time()
    scene.leg.played()
    await asyncio.sleep(3.9)
    assert scene.leg.playing_music
    await asyncio.sleep(0.2)
    assert scene.leg.music == [(said_at, Path("/sounds/tune.wav")), (said_at + 4, "stop")]
    assert scene.leg.texts[1] == "Speak after the tone."


@virtual_time
async def test_a_key_in_a_pause_is_kept_for_the_next_question() -> None:
    scene = await talking("moment")
    scene.leg.played()
    await asyncio.sleep(1)
    scene.call.key("#")
    await asyncio.sleep(2)
    assert scene.leg.playing_music
    assert len(scene.leg.said) == 1
    await asyncio.sleep(1.1)
    assert len(scene.leg.said) == 5, "the message is asked for again"


@virtual_time
async def test_a_hang_up_ends_a_pause_and_its_music_at_once() -> None:
    scene = await talking("moment")
    scene.leg.played()
    await asyncio.sleep(1)
    scene.leave()
    assert (await scene.final()).outcome == "nothing_said"
    assert not scene.leg.playing_music


# -- messages ----------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_tone_says_when_to_speak_and_only_then_it_is_listened() -> None:
    scene = await talking("message")
    prompt, beep = scene.leg.said
    assert prompt.parts == (Speech("Speak after the tone.", "en"),)
    assert beep.id == "beep-1"
    assert not scene.leg.listening
    scene.leg.played()
    await settle()
    (listening,) = scene.leg.listened
    assert listening.afresh
    assert listening.recognise
    assert listening.record == Path("/recordings/turn-1.wav")
    assert listening.max_turn_ms == 120_000


@virtual_time
async def test_a_key_before_the_tone_cuts_the_prompt_and_the_tone() -> None:
    scene = await talking("message")
    scene.call.key("#")
    await settle()
    assert scene.leg.cuts == 1
    assert scene.leg.listened == []
    assert [utterance.id for utterance in scene.leg.said if utterance.id.startswith("beep")] == ["beep-1", "beep-2"]


@virtual_time
async def test_what_is_only_recorded_is_not_recognised() -> None:
    scene = await talking("name")
    (listening,) = scene.leg.listened
    assert (listening.recognise, listening.speech, listening.max_turn_ms) == (False, True, 5000)


@virtual_time
async def test_a_message_is_played_back() -> None:
    scene = await talking("message")
    scene.leg.played()
    await settle()
    scene.leg.tell(kept_turn())
    await settle()
    assert scene.leg.said[-2].parts == (Path("/recordings/turn-1.wav"),)
    assert scene.leg.texts[-1] == "Keep it?"
    scene.call.key("1")
    final = await scene.final(60)
    assert final.data == {"message": "", "message_recording": "turn-1.wav"}


@virtual_time
async def test_a_hang_up_in_the_middle_of_a_message_keeps_it() -> None:
    scene = await talking("message")
    scene.leg.played()
    await settle()
    scene.leg.in_turn = True
    scene.leave()
    await asyncio.sleep(0.5)
    scene.leg.tell(kept_turn("call me"))
    final = await scene.final()
    assert final.outcome == "left_message"
    assert final.data == {"message": "call me", "message_recording": "turn-1.wav"}


@virtual_time
async def test_a_message_that_never_comes_out_of_the_recogniser_holds_nobody_up() -> None:
    scene = await talking("message")
    scene.leg.played()
    await settle()
    scene.leg.in_turn = True
    scene.leave()
    assert (await scene.final(2)).data == {}


@virtual_time
async def test_a_hang_up_in_silence_is_not_waited_for() -> None:
    scene = await talking("message")
    scene.leg.played()
    await settle()
    scene.leave()
    assert (await scene.final()).outcome == "nothing_said"


@virtual_time
async def test_a_key_that_means_nothing_does_not_interrupt_a_message() -> None:
    scene = await talking("message")
    scene.leg.played()
    await settle()
    scene.leg.in_turn = True
    scene.call.key("7")
    await settle()
    assert [utterance.id for utterance in scene.leg.said][1:] == ["beep-1"]
    assert [listening.afresh for listening in scene.leg.listened] == [True, False]
    scene.leg.tell(kept_turn())
    await settle()
    assert scene.leg.texts[-1] == "Keep it?"


@virtual_time
async def test_a_message_that_was_over_before_such_a_key_counts() -> None:
    scene = await talking("message")
    scene.leg.played()
    await asyncio.sleep(5)
    scene.call.key("7")
    await settle()
    now = asyncio.get_running_loop().time()
    scene.leg.tell(TurnEnded(now, "", 0.0, "", now - 4, now - 3, 900.0, Path("/recordings/turn-1.wav")))
    await settle()
    assert scene.leg.texts[-1] == "Keep it?"


# -- submissions -------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_submission_is_sent_under_a_key_of_its_own() -> None:
    scene = await talking("complaint")
    scene.leg.played()
    assert (await scene.final()).outcome == "sent"
    (sent,) = scene.backend.asked
    assert (sent.service, sent.name, sent.timeout_ms) == ("tickets", "complaint", 8000)
    assert sent.key


@virtual_time
async def test_a_hang_up_lets_a_submission_arrive() -> None:
    scene = await talking("complaint", held=True)
    scene.leave()
    await asyncio.sleep(4)
    assert scene.backend.cancelled == 0
    assert scene.backend.held
    scene.backend.held.set()
    await scene.final()
    assert scene.backend.cancelled == 0


@virtual_time
async def test_a_hang_up_does_not_wait_long_for_a_submission() -> None:
    scene = await talking("complaint", held=True)
    scene.leave()
    await scene.final(5)
    assert scene.backend.cancelled == 1


# -- the call's time ---------------------------------------------------------------------------------------------------


@virtual_time
async def test_the_end_of_the_flows_time_is_told_once_and_cuts_what_is_being_said() -> None:
    scene = await talking("name")
    await asyncio.sleep(59)
    assert "Your time is up." not in scene.leg.texts
    await asyncio.sleep(1.1)
    assert scene.leg.texts[-1] == "Your time is up."
    assert scene.leg.cuts == 1
    scene.leg.played()
    assert (await scene.final()).outcome == "timed_out"


@virtual_time
async def test_the_nodes_own_limit_is_kept_by_a_flow_that_would_last_longer() -> None:
    scene = await talking("name", longest_s=30)
    await asyncio.sleep(30.1)
    assert scene.leg.texts[-1] == "Your time is up."


@virtual_time
async def test_a_goodbye_is_not_cut_short_by_the_clock() -> None:
    scene = await talking("name", longest_s=30)
    await asyncio.sleep(29)
    scene.leg.tell(kept_turn())
    await settle()
    assert scene.leg.texts[-1] == "Thank you."
    await asyncio.sleep(5)
    assert scene.leg.cuts == 0
    scene.leg.played()
    assert (await scene.final()).outcome == "left_message"


@virtual_time
async def test_the_end_of_the_time_ends_a_pause() -> None:
    scene = await talking("moment", longest_s=3)
    scene.leg.played()
    await asyncio.sleep(3.1)
    assert not scene.leg.playing_music
    assert scene.leg.texts[-1] == "Your time is up."
