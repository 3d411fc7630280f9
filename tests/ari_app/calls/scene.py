"""One call with everything around it scripted, on virtual time; its flow and its interpreter are real."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from ari_app.calls.call import Call, Limits, Opening
from ari_app.calls.flow_runner import FlowRunner
from ari_app.calls.handover import Handover
from ari_app.calls.history import History
from ari_app.calls.ids import Names
from ari_app.calls.outcome import Facts, Final
from ari_app.calls.saying import Place
from ari_app.calls.state import Happening, State
from ari_app.calls.switch import Dial
from ari_app.calls.understanding import Understanding
from ari_app.store.records import Direction
from ivr_flows.interpreter import start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from media.llm.protocol import LanguageModel
from tests.ari_app.calls.fakes import NOON, MemoryStore, ScriptedBackend, ScriptedLeg, ScriptedSwitch
from tests.virtual_time import LoopClock, settle

FLOWS = """
routes:
  - {number: "+918000000001", flow: order, inputs: {order_id: "42"}}
flows:
  order:
    languages: [en]
    inputs: {order_id: order_number}
    outcomes: [confirmed, rejected, unclear, hung_up, already, not_saved]
    on_hang_up: hung_up
    gives_up: unclear
    decisions: {already: already, failed: not_saved}
    start: accept
    steps:
      accept:
        ask: {en: "To accept, press one."}
        options:
          accept: {key: "1", hear: {en: ["yes"]}, next: minutes}
          reject: {key: "2", hear: {en: ["no"]}, next: reason}
          status: {key: "3", next: status}
          warn: {key: "4", next: warning}
      minutes:
        ask: {en: "How many minutes?"}
        digits: {into: ready_in, type: minutes, max: 2, ends_with: "#"}
        next: confirmed
      reason:
        ask: {en: "Say why, then press hash."}
        listen: {into: reason, silence: 1500ms, ends_with: "#"}
        next: really
      really:
        ask: {en: "Sure? Press one."}
        clear_typed: true
        options: {sure: {key: "1", next: rejected}}
      status:
        lookup:
          name: order_status
          arguments: {order_id: order_id}
          gives: {status: text}
          timeout: 3s
        next: told
        failed: unclear
      told:
        say: {en: "It is {{ status }}."}
        next: accept
      warning:
        say: {en: "This call is recorded."}
        barge_in: false
        next: accept
      confirmed: {decide: confirmed, say: {en: "It is confirmed."}}
      rejected: {decide: rejected, say: {en: "It is declined."}}
      unclear: {say: {en: "Goodbye."}, hang_up: unclear}
      already: {say: {en: "Decided already."}, hang_up: already}
      not_saved: {say: {en: "Not saved."}, hang_up: not_saved}
"""
LIMITS = Limits(dialing_s=50, setup_s=10, talking_s=900)
DIAL = Dial("PJSIP/test-trunk/sip:1@127.0.0.1", "+918000000000", 45)


def order_flow() -> Flow:
    return parse_flows(FLOWS).flows["order"]


class Scene:
    """A call between a scripted switch and a scripted leg. `play` runs it; its end is `final`."""

    def __init__(
        self,
        *,
        outbound: bool = False,
        flow: Flow | None = None,
        inputs: Mapping[str, object] | None = None,
        minds: Sequence[LanguageModel] = (),
        longest_s: float = 10_000.0,
        handover: Handover | None = None,
    ) -> None:
        self.flow = flow or order_flow()
        self.switch = ScriptedSwitch()
        self.leg = ScriptedLeg()
        self.store = MemoryStore()
        self.backend = ScriptedBackend()
        self.not_recorded: Exception | None = None
        self.may_dial = True
        self.names = Names("node-1", "call_1")
        self.outbound = outbound
        self.person = self.names.leg if outbound else "170000.1"
        self.history = History("call_1", self.store, LoopClock(), lambda: NOON)
        self.runner = FlowRunner(
            flow=self.flow,
            leg=self.leg,
            understanding=Understanding(minds),
            backend=self.backend,
            history=self.history,
            place=Place(Path("/sounds"), Path("/recordings"), longest_s=longest_s),
            handover=handover,
        )
        self.call = Call(
            names=self.names,
            person=self.person,
            facts=Facts(Direction.OUTBOUND if outbound else Direction.INBOUND),
            limits=LIMITS,
            switch=self.switch,
            leg=self.leg,
            runner=self.runner,
            opening=Opening(*start(self.flow, {"order_id": "42"} if inputs is None else inputs)),
            history=self.history,
        )
        if not outbound:
            self.switch.channels.add(self.person)
        self.switch.on_media = self.call.media_entered
        self.switch.on_gone = self._gone
        self.life: asyncio.Task[Final] | None = None

    def begin(self) -> asyncio.Task[Final]:
        """Take it, or ring."""
        life = (
            self.call.dial(DIAL, self._dialled)
            if self.outbound
            else self.call.take(asyncio.create_task(self._record()))
        )
        self.life = asyncio.create_task(life)
        return self.life

    async def reach(self, state: State) -> None:
        """Begin, and go on until it is in this state."""
        self.begin()
        await settle()
        if self.outbound and state is not State.DIALING:
            self.call.happened(Happening.ANSWERED)
            await settle()
        assert self.call.state is state, self.call.state

    async def final(self, within_s: float = 0.0) -> Final:
        """Its end, which comes without more than this time passing."""
        if self.life is None:
            raise AssertionError("it has not begun")
        async with asyncio.timeout(within_s + 0.001):
            return await self.life

    def leave(self, cause: int = 16) -> None:
        """The person hangs up."""
        self.switch.channels.discard(self.person)
        self.call.happened(Happening.LEG_GONE, cause=cause)

    def nothing_left(self) -> bool:
        """Whether no channel, bridge, port or task remains."""
        mine = {
            task for task in asyncio.all_tasks() if "call_1" in task.get_name() and "history" not in task.get_name()
        }
        return not (self.switch.channels or self.switch.bridges or mine) and self.leg.closed == 1

    async def _dialled(self) -> bool:
        return self.may_dial

    async def _record(self) -> None:
        if self.not_recorded:
            raise self.not_recorded

    def _gone(self, channel: str) -> None:
        if channel == self.person:
            self.call.happened(Happening.LEG_GONE, cause=16)
        elif channel == self.names.media:
            self.call.happened(Happening.MEDIA_GONE)
