"""A private answer: the recording pauses for it, and nothing of it is written down."""

from __future__ import annotations

import asyncio

import pytest

from ari_app.calls.privacy import MASK
from ari_app.calls.state import Happening, State
from ivr_flows.loader import parse_flows
from media.dialog.protocol import AgentFinished, BargedIn
from tests.ari_app.calls.scene import FLOWS, Scene
from tests.virtual_time import settle, virtual_time

PRIVATE = FLOWS.replace(
    'ask: {en: "How many minutes?"}',
    'ask: {en: "How many minutes?"}\n        private: true\n'
    '        confirm: {say: {en: "{{ ready_in }}? One for yes."}, yes: "1", no: "2"}',
)


async def asked_in_private() -> Scene:
    scene = Scene(flow=parse_flows(PRIVATE).flows["order"])
    await scene.reach(State.TALKING)
    assert not scene.leg.private
    scene.call.key("1")
    await settle()
    return scene


@virtual_time
async def test_the_recording_is_silent_from_the_question_until_the_answer_is_taken() -> None:
    scene = await asked_in_private()
    private = [scene.leg.private]
    for key in "20#":
        scene.call.key(key)
        await settle()
        private.append(scene.leg.private)
    assert private == [True] * 4
    scene.call.key("1")
    await scene.final()
    assert not scene.leg.private
    assert scene.backend.decided == [("confirmed", {"ready_in": 20})]


@virtual_time
async def test_keys_words_and_what_reads_them_back_are_masked_in_the_history() -> None:
    scene = await asked_in_private()
    now = asyncio.get_running_loop().time
    for key in "20#":
        scene.call.key(key)
        await settle()
    read_back = scene.leg.said[-1].id
    scene.leg.tell(BargedIn(now(), "Twenty?", now()))
    scene.leg.turn("twenty of course")
    await settle()
    scene.call.key("1")
    scene.leg.tell(AgentFinished(now(), read_back, "Twenty? One for yes.", complete=True))
    await scene.final()
    await scene.history.flush()
    events = [(event.kind, dict(event.data)) for event in scene.store.events]
    assert [data["digit"] for kind, data in events if kind == "key"] == ["1", MASK, MASK, MASK, MASK]
    assert [data["text"] for kind, data in events if kind == "caller_said"] == [MASK]
    assert [data["heard"] for kind, data in events if kind == "barged_in"] == [MASK]
    assert [data["text"] for kind, data in events if kind == "said" and data["utterance"] == read_back] == [MASK]
    assert "wenty" not in repr(events)


@virtual_time
@pytest.mark.parametrize("flow", [FLOWS, PRIVATE])
async def test_elsewhere_nothing_is_masked(flow: str) -> None:
    scene = Scene(flow=parse_flows(flow).flows["order"])
    await scene.reach(State.TALKING)
    scene.leg.turn("well")
    scene.call.key("3")
    scene.call.happened(Happening.LEG_GONE)
    await scene.final()
    await scene.history.flush()
    texts = [event.data.get("text") or event.data.get("digit") for event in scene.store.events]
    assert {"well", "3"} <= set(texts)
