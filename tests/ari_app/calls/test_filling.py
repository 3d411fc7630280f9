"""What a caller hears while engines are slow or fail: a few words in their language, then the keys."""

from __future__ import annotations

import asyncio

import pytest

from ari_app.calls.state import State
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from media.chain import Scope
from media.dialog.protocol import (
    AgentFinished,
    AgentStarted,
    SpeechFailed,
    SpeechStarted,
    TurnClosed,
    TurnEnded,
)
from media.health import EngineHealth
from media.llm.link import MindLink
from media.llm.protocol import LanguageModel
from media.watch import Watch, Watched
from tests.ari_app.calls.scene import Scene
from tests.ari_app.calls.test_understanding import Mind
from tests.virtual_time import LoopClock, settle, virtual_time

ASK = "Is it ready?"
FILLERS = {
    "en": ("One moment.", "Just a moment.", "One second, please."),
    "hi": ("एक मिनट।", "ज़रा रुकिए।", "बस एक पल।"),
}


def flow(more: str = "", options: str = 'yes: {key: "1", hear: {en: [yes], hi: [हाँ]}, next: done}') -> Flow:
    return parse_flows(f"""
routes: [{{any: true, flow: ready}}]
flows:
  ready:
    languages: [en, hi]
    outcomes: [done, unclear]
    on_hang_up: unclear
    gives_up: unclear
    {more}
    start: ask
    steps:
      ask:
        ask: {{en: "{ASK}", hi: "तैयार है?"}}
        options:
          {options}
      done: {{say: {{en: "Thank you.", hi: "धन्यवाद।"}}, hang_up: done}}
      unclear: {{say: {{en: "Goodbye.", hi: "नमस्ते।"}}, hang_up: unclear}}
""").flows["ready"]


async def spoken_to(flow_: Flow | None = None, minds: tuple[LanguageModel, ...] = ()) -> Scene:
    """A call whose caller has just finished a turn; what they said is being found out."""
    scene = Scene(flow=flow_ or flow(), inputs={}, minds=minds)
    await scene.reach(State.TALKING)
    close(scene)
    return scene


def close(scene: Scene) -> None:
    now = asyncio.get_running_loop().time()
    scene.leg.tell(SpeechStarted(now - 1))
    scene.leg.tell(TurnClosed(now, now - 0.6))


def not_heard(scene: Scene) -> None:
    """Every recogniser has failed at the turn."""
    now = asyncio.get_running_loop().time()
    scene.leg.tell(TurnEnded(now, "", 0.0, "", now - 2, now - 1, 0.0, unheard=True))


def mind_link(mind: Mind, *after: MindLink) -> MindLink:
    health = EngineHealth(failures=3, open_s=15)
    return MindLink(Watched(mind, Watch("mind", health, LoopClock(), patience_s=1.8)), Scope(), after)


@virtual_time
async def test_who_waits_longer_than_1200_ms_is_told_so() -> None:
    scene = await spoken_to()
    await asyncio.sleep(1.19)
    assert scene.leg.texts == [ASK]
    await asyncio.sleep(0.02)
    assert scene.leg.texts == [ASK, "One moment."]
    scene.leg.turn("yes", took_ms=1210)
    await settle()
    assert scene.leg.texts == [ASK, "One moment.", "Thank you."]


@virtual_time
async def test_who_is_answered_in_time_hears_no_more_than_the_answer() -> None:
    scene = await spoken_to()
    await asyncio.sleep(1.1)
    scene.leg.turn("yes", took_ms=1100)
    await asyncio.sleep(5)
    assert scene.leg.texts == [ASK, "Thank you."]
    assert scene.leg.cuts == 0


@virtual_time
async def test_an_engine_that_is_passed_over_brings_the_words_forward() -> None:
    scene = await spoken_to()
    await asyncio.sleep(0.2)
    scene.leg.tell(SpeechFailed(0.0, "whisper", "refused"))
    await asyncio.sleep(0.29)
    assert scene.leg.texts == [ASK]
    await asyncio.sleep(0.02)
    assert scene.leg.texts == [ASK, "One moment."]


@virtual_time
async def test_so_does_a_mind_that_is_passed_over() -> None:
    hanging = mind_link(Mind(hangs=True))
    scene = await spoken_to(minds=(mind_link(Mind(error=ConnectionResetError("cut")), hanging), hanging))
    scene.leg.turn("certainly not ready", took_ms=0)
    await asyncio.sleep(0.29)
    assert scene.leg.texts == [ASK]
    await asyncio.sleep(0.02)
    assert scene.leg.texts == [ASK, "One moment."]


@virtual_time
async def test_a_failure_while_nobody_waits_says_nothing() -> None:
    scene = Scene(flow=flow(), inputs={})
    await scene.reach(State.TALKING)
    scene.leg.tell(SpeechFailed(0.0, "whisper", "refused"))
    await asyncio.sleep(3)
    assert scene.leg.texts == [ASK]


@virtual_time
async def test_words_that_have_not_begun_are_taken_back_and_those_that_have_are_finished() -> None:
    scene = await spoken_to()
    await asyncio.sleep(1.3)
    scene.leg.turn("perhaps", took_ms=1300)
    await settle()
    assert (scene.leg.cuts, scene.leg.said[-1].id) == (1, "ask.ask.2")
    close(scene)
    await asyncio.sleep(1.3)
    now = asyncio.get_running_loop().time()
    scene.leg.tell(AgentStarted(now, scene.leg.said[-1].id))
    scene.leg.tell(AgentFinished(now, scene.leg.said[-1].id, "Just a", complete=False))
    scene.leg.turn("yes", took_ms=1300)
    await settle()
    assert scene.leg.cuts == 1
    assert scene.leg.texts == [ASK, "One moment.", ASK, "Just a moment.", "Thank you."]


@virtual_time
async def test_a_long_wait_has_other_words_and_an_end_of_them() -> None:
    scene = await spoken_to()
    await asyncio.sleep(60)
    assert scene.leg.texts == [ASK, *FILLERS["en"]]


@virtual_time
async def test_who_speaks_again_hears_nothing_until_they_are_done() -> None:
    scene = await spoken_to()
    await asyncio.sleep(1)
    scene.leg.tell(SpeechStarted(0.0))
    await asyncio.sleep(5)
    assert scene.leg.texts == [ASK]


@virtual_time
async def test_they_are_in_the_language_of_the_call() -> None:
    hindi = parse_flows(
        """
routes: [{any: true, flow: ready}]
flows:
  ready:
    languages: [hi]
    outcomes: [done]
    on_hang_up: done
    gives_up: done
    start: ask
    steps:
      ask: {ask: {hi: "तैयार है?"}, options: {yes: {key: "1", next: done}}}
      done: {say: {hi: "धन्यवाद।"}, hang_up: done}
"""
    ).flows["ready"]
    scene = await spoken_to(hindi)
    await asyncio.sleep(1.3)
    assert scene.leg.texts[-1] == FILLERS["hi"][0]


@pytest.mark.parametrize(
    ("chosen", "after_s", "heard"),
    [
        ("filler: off", 60.0, []),
        ('filler: {after: 3s, say: {en: "Bear with me.", hi: "रुकिए।"}}', 2.9, []),
        ('filler: {after: 3s, say: {en: "Bear with me.", hi: "रुकिए।"}}', 3.1, ["Bear with me."]),
        ('filler: {say: [{en: "A", hi: "क"}, {en: "B", hi: "ख"}]}', 8.0, ["A", "B"]),
    ],
)
def test_flows_choose_when_and_what(chosen: str, after_s: float, heard: list[str]) -> None:
    @virtual_time
    async def call() -> None:
        scene = await spoken_to(flow(chosen))
        await asyncio.sleep(after_s)
        assert scene.leg.texts == [ASK, *heard]

    call()


@virtual_time
async def test_nothing_is_said_once_the_caller_has_gone() -> None:
    scene = await spoken_to()
    scene.leave()
    await scene.final()
    await asyncio.sleep(5)
    assert scene.leg.texts == [ASK]


@virtual_time
async def test_a_turn_that_no_recogniser_could_hear_is_answered_with_the_keys() -> None:
    scene = await spoken_to()
    not_heard(scene)
    await settle()
    assert scene.leg.texts == [
        ASK,
        "Sorry, I can't make out what you say just now. Please use the keypad. For yes, press 1.",
    ]
    scene.call.key("1")
    assert (await scene.final()).outcome == "done"
