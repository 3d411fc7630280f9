"""Who answered an outbound call, and what is done about a machine: hung up on, or left a message.

A person comes first: in doubt the flow runs, and whoever has answered it once is a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from ari_app.calls.history import History
from ari_app.calls.outcome import Facts, MachineEnd
from ari_app.ops.logging import get_logger
from ari_app.store.terms import Machine
from ivr_flows.commands import End
from media.dialog.protocol import MediaEvent, MediaLeg, Utterance
from media.machine.manner import BEFORE_SPEAKING, WHILE_SPEAKING
from media.machine.verdict import Callee, CalleeJudged, GreetingOver

_log = get_logger(__name__)
_VERDICT_S = 8.0
"""A verdict comes sooner by itself (media/machine/manner.py), unless the media stand still."""
_GREETING_S = 60.0
_MESSAGE_S = 90.0


class Interruptible(Protocol):
    """The flow that runs (ari_app/calls/flow_runner.py)."""

    @property
    def answered(self) -> bool:
        """Whether the callee has answered anything: a key, or words that the flow went on by."""

    def hung_up(self) -> None:
        """End it, as if the callee had gone."""


class Answering:
    """One call's. `talk` runs the flow, unless a machine answered; `on_media` and `hung_up` bring what happens."""

    def __init__(
        self, wanted: Machine, *, leg: MediaLeg, message: Utterance | None, history: History, facts: Facts
    ) -> None:
        self._wanted = wanted
        self._leg = leg
        self._message = message
        self._history = history
        self._facts = facts
        self._judged = asyncio.Event()
        self._machine = asyncio.Event()
        self._greeting_over = asyncio.Event()
        self._gone = asyncio.Event()
        self._person = False

    def pressed(self) -> None:
        """A key was pressed: that is a person, and one who need not wait."""
        if not self._machine.is_set():
            self._person = True
            self._facts.machine = Callee.HUMAN.value
            self._judged.set()

    def asked(self) -> None:
        """Something is asked of the call, its end perhaps: the flow begins, to carry it out, whoever has answered."""
        self._judged.set()

    def on_media(self, event: MediaEvent) -> None:
        """What the media found out."""
        match event:
            case CalleeJudged():
                self._history.note(
                    "callee", at=event.at, callee=event.callee, because=event.because, speech_ms=event.speech_ms
                )
                self._take(event.callee)
            case GreetingOver():
                beep_ms = None if event.beep_at is None else self._history.ms(event.beep_at)
                self._history.note("greeting_over", at=event.at, beep_ms=beep_ms)
                self._greeting_over.set()

    def _take(self, callee: Callee) -> None:
        if self._person:
            return
        self._facts.machine = callee.value
        self._judged.set()
        if callee is Callee.MACHINE:
            self._machine.set()

    def hung_up(self) -> None:
        """The callee has gone, or the call is over: nothing is waited for."""
        self._gone.set()

    async def talk(self, flow: Interruptible, run: Coroutine[Any, Any, End]) -> End | None:
        """The flow's end; None where it never began, for a machine answered."""
        at_once = self._wanted is Machine.HUMAN_FIRST
        self._leg.judge_callee(WHILE_SPEAKING if at_once else BEFORE_SPEAKING)
        if self._message:
            self._leg.prepare(self._message)
        if not at_once:
            await _first(self._judged, self._gone, within_s=_VERDICT_S)
        if self._machine.is_set() and not self._gone.is_set():
            run.close()
            await self._give_way()
            return None
        return await self._watched(flow, asyncio.ensure_future(run))

    async def _watched(self, flow: Interruptible, running: asyncio.Future[End]) -> End:
        """The flow's end, by itself or because a machine is heard after all."""
        found = asyncio.ensure_future(self._machine.wait())
        try:
            both: set[asyncio.Future[Any]] = {running, found}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if running.done() or flow.answered:
                return await running
            self._leg.stop_listening()
            flow.hung_up()
            end = await running
            if not end.decided and not flow.answered:
                await self._give_way()
            return end
        finally:
            if flow.answered:
                self._facts.machine = Callee.HUMAN.value
            found.cancel()
            running.cancel()

    async def _give_way(self) -> None:
        """A machine: leave it the message if that is wanted, and be done."""
        self._facts.machine_end = MachineEnd.HUNG_UP_ON
        if self._message is None or self._wanted is not Machine.LEAVE_MESSAGE:
            return
        await _first(self._greeting_over, self._gone, within_s=_GREETING_S)
        if self._gone.is_set():
            return
        self._history.note("message_begun")
        self._leg.say(self._message)
        said = asyncio.ensure_future(self._leg.drained())
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            either: set[asyncio.Future[Any]] = {said, gone}
            await asyncio.wait(either, timeout=_MESSAGE_S, return_when=asyncio.FIRST_COMPLETED)
            if said.done() and not gone.done():
                self._facts.machine_end = MachineEnd.MESSAGE_LEFT
        finally:
            said.cancel()
            gone.cancel()


async def _first(*events: asyncio.Event, within_s: float) -> None:
    """Wait for any of them, or until the time is over."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
