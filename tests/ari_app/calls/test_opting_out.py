"""An opt-out on a call: committed before it is told, and whatever happens meanwhile."""

from __future__ import annotations

import asyncio

from ari_app.calls.backend import BackendError
from ari_app.calls.state import State
from ivr_flows.loader import parse_flows
from tests.ari_app.calls.scene import Scene
from tests.virtual_time import settle, virtual_time

FLOW = parse_flows("""
flows:
  order:
    languages: [en]
    outcomes: [opted_out, unclear, hung_up]
    on_hang_up: hung_up
    gives_up: unclear
    commands: {never: {key: "9", hear: {en: [never call again]}, next: never}}
    start: accept
    steps:
      accept: {ask: {en: "Press one."}, options: {one: {key: "1", next: unclear}}}
      never: {opt_out: opted_out, say: {en: "We call no more."}, failed: unclear}
      unclear: {say: {en: "Goodbye."}, hang_up: unclear}
""").flows["order"]


async def talking() -> Scene:
    scene = Scene(flow=FLOW, inputs={})
    await scene.reach(State.TALKING)
    return scene


@virtual_time
async def test_nothing_is_said_before_the_number_is_on_the_list() -> None:
    scene = await talking()
    scene.backend.held = asyncio.Event()
    scene.call.key("9")
    await settle()
    assert "We call no more." not in scene.leg.texts
    scene.backend.held.set()
    assert (await scene.final()).outcome == "opted_out"
    assert scene.leg.texts[-1] == "We call no more."
    assert scene.backend.opted_out == 1
    await scene.history.flush()
    assert "opted_out" in [line.kind for line in scene.store.events]


@virtual_time
async def test_a_hang_up_meanwhile_comes_after_it() -> None:
    scene = await talking()
    scene.backend.held = asyncio.Event()
    scene.call.key("9")
    await settle()
    scene.leave()
    await settle()
    assert scene.backend.cancelled == 0
    scene.backend.held.set()
    assert (await scene.final()).outcome == "opted_out"
    assert scene.backend.opted_out == 1


@virtual_time
async def test_what_could_not_be_committed_is_not_told() -> None:
    scene = await talking()
    scene.backend.decision = BackendError("the database is locked")
    scene.call.key("9")
    assert (await scene.final()).outcome == "unclear"
    assert "We call no more." not in scene.leg.texts
    await scene.history.flush()
    assert "opt_out_failed" in [line.kind for line in scene.store.events]
