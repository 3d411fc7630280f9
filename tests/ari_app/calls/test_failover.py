"""A mind of the chain fails in a call: another stands in, the call's history tells of it, other calls' do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from ari_app.calls.state import State
from media.chain import linked
from media.errors import EngineError
from media.health import EngineHealth
from media.llm.link import MindLink
from media.llm.protocol import Request, Text, ToolCall
from media.watch import Watch, Watched
from tests.ari_app.calls.scene import Scene
from tests.virtual_time import LoopClock, settle, virtual_time


@dataclass
class Chooser:
    """Takes every answer for `choice`; "" is a mind that is broken."""

    name: str
    choice: str = ""
    asked: int = 0
    talks: bool = False

    async def reply(self, _request: Request) -> AsyncIterator[Text | ToolCall]:
        self.asked += 1
        if not self.choice:
            raise EngineError("no connection")
        yield ToolCall("choose", {"intent": self.choice}, 0.99)


def chain_of(*minds: Chooser) -> list[MindLink]:
    watched: list[Watched[Any]] = [
        Watched(mind, Watch(mind.name, EngineHealth(failures=1, open_s=60.0), LoopClock(), patience_s=2.0))
        for mind in minds
    ]
    return linked({"default": watched}, MindLink)


async def accepted(scene: Scene) -> list[object]:
    """Engines that failed, in the history, by the time the caller's answer was understood."""
    await scene.reach(State.TALKING)
    scene.leg.turn("go ahead")
    await settle()
    assert scene.leg.texts[-1] == "How many minutes?"
    scene.leave()
    await scene.final()
    return [event.data["engine"] for event in scene.store.events if event.kind == "engine_failed"]


@virtual_time
async def test_another_stands_in_and_the_next_call_does_not_even_ask_the_one_that_failed() -> None:
    broken, spare = Chooser("broken"), Chooser("spare", "accept")
    minds = chain_of(broken, spare)
    assert await accepted(Scene(minds=minds)) == ["broken"]
    assert await accepted(Scene(minds=minds)) == []
    assert (broken.asked, spare.asked) == (1, 2)


@virtual_time
async def test_where_all_fail_the_caller_is_asked_again_and_the_keypad_works() -> None:
    scene = Scene(minds=chain_of(Chooser("broken")))
    await scene.reach(State.TALKING)
    scene.leg.turn("go ahead")
    await settle()
    assert scene.leg.texts.count("To accept, press one.") == 2
    scene.call.key("1")
    await settle()
    assert scene.leg.texts[-1] == "How many minutes?"
    scene.leave()
    await scene.final()
