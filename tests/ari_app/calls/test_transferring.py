"""Handing a caller to a person, on a scripted switch and virtual time: every way in which it can end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ari_app.calls.handover import HandoverError
from ari_app.calls.handover_state import Stage
from ari_app.calls.history import History
from ari_app.calls.ids import Names
from ari_app.calls.person import Person
from ari_app.calls.saying import Place
from ari_app.calls.switch import SwitchError
from ari_app.calls.transferring import PersonHandover
from ari_app.calls.trunks import Trunks
from ari_app.ops import settings as ops
from ivr_flows.commands import SoundFile, Transfer
from media.transport.rtp import NoPortError
from tests.ari_app.calls.fakes import NOON, MemoryStore, ScriptedLeg, ScriptedSwitch, spawn
from tests.virtual_time import LoopClock, settle, virtual_time

NUMBER = "+919812345678"
ATTENDED = Transfer(NUMBER, whisper=(SoundFile("who.wav"),), accept="1", music="tune.wav", longest_ms=60_000)
BLIND = Transfer(NUMBER)
REFUSED = SwitchError("500: no")


class Scene:
    """A caller's handover; the person is rung in it."""

    def __init__(self) -> None:
        self.names = Names("node-1", "call_1")
        self.switch = ScriptedSwitch()
        self.caller = ScriptedLeg()
        self.leg = ScriptedLeg()
        self.ports = True
        self.store = MemoryStore()
        self.handover = PersonHandover(
            names=self.names,
            leg=self.caller,
            open_leg=self._open_leg,
            switch=self.switch,
            trunks=Trunks(ops.Settings(test_trunk=ops.TestTrunkSettings(contacts={NUMBER: "127.0.0.1:5090"}))),
            place=Place(Path("/sounds"), Path("/recordings")),
            history=History("call_1", self.store, LoopClock(), lambda: NOON),
        )
        self.switch.on_media = self._media_entered
        self.task: asyncio.Task[float] | None = None

    @property
    def person(self) -> Person:
        assert self.handover.person
        return self.handover.person

    async def ring(self, command: Transfer = ATTENDED) -> None:
        self.task = spawn(self.handover.transfer(command))
        await settle()

    async def reach(self, stage: Stage) -> None:
        """Ring, and go on until it is in this stage."""
        if stage is Stage.WHISPERING:
            self.leg.play()
        if stage is Stage.MEETING:
            self.switch.held["join"] = asyncio.Event()
        await self.ring()
        if stage is not Stage.RINGING:
            self.person.answered()
            await settle()
        if stage is Stage.TALKING:
            self.person.pressed("1")
            await asyncio.sleep(0.05)
            await settle()
        assert self.person.stage is stage, self.person.stage

    def leave(self, cause: int = 16) -> None:
        self.switch.channels.discard(self.person.names.leg)
        self.person.gone(cause)

    async def talked(self, within_s: float = 0.0) -> float:
        assert self.task
        async with asyncio.timeout(within_s + 0.001):
            return await self.task

    async def failed(self, within_s: float = 0.0) -> str:
        with pytest.raises(HandoverError) as error:
            await self.talked(within_s)
        return str(error.value)

    def nothing_left(self) -> bool:
        mine = [task for task in asyncio.all_tasks() if "person" in task.get_name()]
        return not (self.switch.channels or self.switch.bridges or mine or self.caller.playing_music)

    def _media_entered(self) -> None:
        self.person.media_entered()

    def _open_leg(self, _record: Path | None) -> ScriptedLeg:
        if not self.ports:
            raise NoPortError("no even UDP port is free")
        return self.leg


@virtual_time
async def test_asked_taken_talked_and_left() -> None:
    scene = Scene()
    await scene.reach(Stage.TALKING)
    assert scene.leg.texts == ["/sounds/who.wav", "Rest(ms=5000)", "/sounds/who.wav"]
    assert scene.caller.music[0][1] == Path("/sounds/tune.wav")
    assert scene.caller.resting
    assert scene.handover.talking
    assert not scene.caller.playing_music
    assert scene.leg.closed, "their own media are not needed any more"
    assert ("leave", scene.names.media) in scene.switch.asked
    await asyncio.sleep(10)
    scene.leave()
    assert 9.5 < await scene.talked() < 10.5
    assert scene.switch.names("join")[-1] == scene.names.bridge, "the caller's media are back"
    assert not scene.caller.resting
    assert not scene.handover.talking
    assert scene.nothing_left()


@virtual_time
async def test_to_answer_is_to_take_a_blind_transfer() -> None:
    scene = Scene()
    await scene.ring(BLIND)
    assert scene.caller.music[0][1] is None, "a ringing tone"
    scene.person.answered()
    await asyncio.sleep(1)
    assert scene.person.stage is Stage.TALKING
    assert not scene.switch.names("external_media")
    scene.leave()
    assert await scene.talked() > 0.9
    assert scene.nothing_left()


@pytest.mark.parametrize(
    ("cause", "reason"), [(17, "busy"), (21, "declined"), (19, "no_answer"), (34, "unreachable"), (99, "failed")]
)
@virtual_time
async def test_a_phone_that_does_not_answer(cause: int, reason: str) -> None:
    scene = Scene()
    await scene.reach(Stage.RINGING)
    scene.leave(cause)
    assert await scene.failed() == reason
    assert scene.nothing_left()


@pytest.mark.parametrize("stage", [Stage.MEETING, Stage.WHISPERING, Stage.ASKED])
@virtual_time
async def test_to_hang_up_before_the_key_is_to_decline(stage: Stage) -> None:
    scene = Scene()
    await scene.reach(stage)
    scene.leave()
    await settle()
    for event in scene.switch.held.values():
        event.set()
    assert await scene.failed() == "declined"
    assert scene.leg.closed
    assert scene.nothing_left()


@pytest.mark.parametrize(
    ("stage", "within_s", "reason"),
    [(Stage.RINGING, 31, "no_answer"), (Stage.WHISPERING, 91, "no_answer"), (Stage.ASKED, 11, "no_answer")],
)
@virtual_time
async def test_who_is_silent_is_given_up(stage: Stage, within_s: float, reason: str) -> None:
    scene = Scene()
    await scene.reach(stage)
    if stage is Stage.ASKED:
        scene.person.pressed("2")
    assert await scene.failed(within_s) == reason
    assert scene.nothing_left()


@virtual_time
async def test_the_longest_talk_is_ended_and_the_person_with_it() -> None:
    scene = Scene()
    await scene.reach(Stage.TALKING)
    assert 59 < await scene.talked(61) < 61
    assert scene.nothing_left()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.OVER, Stage.MEETING)])
@virtual_time
async def test_a_caller_who_leaves_takes_everything_down(stage: Stage) -> None:
    scene = Scene()
    await scene.reach(stage)
    assert scene.task
    person = scene.person
    scene.task.cancel()
    await asyncio.wait({scene.task})
    assert scene.task.cancelled()
    assert person.names.leg in scene.switch.names("hang_up")
    assert scene.nothing_left()


@virtual_time
async def test_a_caller_who_leaves_while_asterisk_is_asked_to_ring_leaves_no_ringing_phone() -> None:
    scene = Scene()
    scene.switch.held["originate"] = asyncio.Event()
    await scene.ring()
    assert scene.task
    scene.task.cancel()
    await settle()
    scene.switch.held["originate"].set()
    await asyncio.wait({scene.task})
    assert scene.nothing_left()


@pytest.mark.parametrize("method", ["originate", "external_media", "create_bridge", "join", "leave"])
@virtual_time
async def test_a_switch_that_refuses_is_a_failure(method: str) -> None:
    scene = Scene()
    scene.switch.errors[method] = REFUSED
    await scene.ring()
    if scene.handover.person:
        scene.person.answered()
        await settle()
    if scene.handover.person:
        scene.person.pressed("1")
    assert await scene.failed(1) == "failed"
    assert not scene.caller.resting
    assert scene.nothing_left()


@virtual_time
async def test_their_media_that_end_fail_the_question_but_not_the_talk() -> None:
    scene = Scene()
    await scene.reach(Stage.WHISPERING)
    scene.person.media_gone()
    assert await scene.failed() == "failed"
    scene = Scene()
    await scene.reach(Stage.TALKING)
    scene.person.media_gone()
    await asyncio.sleep(1)
    assert scene.person.stage is Stage.TALKING
    scene.leave()
    await scene.talked()


@pytest.mark.parametrize(
    ("ports", "command"), [(False, ATTENDED), (True, Transfer("+910000")), (True, Transfer(NUMBER, trunk="nowhere"))]
)
@virtual_time
async def test_nobody_can_be_rung(ports: bool, command: Transfer) -> None:
    scene = Scene()
    scene.ports = ports
    await scene.ring(command)
    assert await scene.failed() == "failed"
    assert not scene.switch.asked


@virtual_time
async def test_a_second_person_is_rung_under_names_of_their_own() -> None:
    scene = Scene()
    for _ in range(2):
        await scene.reach(Stage.RINGING)
        scene.leave(17)
        assert await scene.failed() == "busy"
    first, second = scene.switch.names("originate")
    assert first != second
    assert first.startswith("mercury-node-1-call_1-person")
