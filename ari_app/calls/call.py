"""One call: its happenings in, its table's actions out, until nothing of it is left in Asterisk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from ari_app.calls.answering import Answering
from ari_app.calls.flow_runner import FlowRunner
from ari_app.calls.history import History
from ari_app.calls.ids import Names
from ari_app.calls.keys import KeyPresses
from ari_app.calls.legs import MediaBridge
from ari_app.calls.outcome import Facts, Final, conclude
from ari_app.calls.progress import Sign, Stage
from ari_app.calls.progress import step as progressed
from ari_app.calls.state import Action, Happening, State, step
from ari_app.calls.switch import Dial, LegGoneError, Switch, SwitchError
from ari_app.calls.transferring import PersonHandover
from ari_app.ops.logging import get_logger
from ivr_flows.commands import Command
from ivr_flows.events import Canceled, Control, Dismissed
from ivr_flows.session import Session
from media.dialog.protocol import MediaEvent, MediaLeg, MediaLost
from media.watch import FAILURES

_log = get_logger(__name__)
_STOP_FLOW_S = 8.0
_LEAVES_S = 0.3
_GOODBYE_S = 20.0
"""For the last words of a call that is to end."""
_TALK_LOOK_S = 10.0
"""How often a call that is past its limit is looked at while its caller talks with a person."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each state may last, in seconds."""

    dialing_s: float
    setup_s: float
    talking_s: float
    ending_s: float = 5.0

    def of(self, state: State) -> float:
        """The limit of a state that ends."""
        return {
            State.DIALING: self.dialing_s,
            State.SETTING_UP: self.setup_s,
            State.TALKING: self.talking_s,
            State.ENDING: self.ending_s,
        }[state]


@dataclass(frozen=True, slots=True)
class Opening:
    """A flow's first step, taken before anyone has answered."""

    session: Session
    commands: tuple[Command, ...]


class Call:
    """A live call. `run` returns its end; `happened`, `key` and `media_entered` bring events, in any order."""

    def __init__(
        self,
        *,
        names: Names,
        person: str,
        facts: Facts,
        limits: Limits,
        switch: Switch,
        leg: MediaLeg,
        runner: FlowRunner,
        opening: Opening,
        history: History,
        handover: PersonHandover | None = None,
        answering: Answering | None = None,
    ) -> None:
        self.names = names
        self.person = person
        """The id of the person's channel."""
        self.facts = facts
        self.history = history
        self.state = State.DIALING
        self.runner = runner
        self.handover = handover
        self.made: set[str] = set()
        """Ids of its channels that Asterisk has confirmed."""
        self._limits = limits
        self._switch = switch
        self._leg = leg
        self._bridge = MediaBridge(switch, names, leg)
        self._opening = opening
        self._answering = answering
        self._happenings: deque[Happening] = deque(maxlen=100)
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._setup: asyncio.Task[None] | None = None
        self._flow: asyncio.Task[None] | None = None
        self._recorded: asyncio.Task[None] | None = None
        """Inbound: what puts it on record, beside the setup and before the answer."""
        self._gate = asyncio.Semaphore()
        self._resumed = False
        """Whether an earlier process had it: Asterisk may play music to it meanwhile."""
        self._dialling = Stage.DIALLED
        self._presses = KeyPresses()
        self._since = asyncio.get_running_loop().time()

    def happened(self, happening: Happening, *, cause: int = 0, sip_status: int = 0, reason: str = "") -> None:
        """Something happened to it. `cause`: Q.850; `sip_status`: of the refusal; `reason`: why it is cancelled."""
        self.cause_seen(cause)
        self.facts.sip_status = self.facts.sip_status or sip_status
        if happening is Happening.CANCELED:
            self.facts.canceled = self.facts.canceled or reason or "canceled"
        if happening is Happening.LEG_GONE:
            self._gone.set()
        if happening is Happening.MEDIA_GONE and self.state in (State.SETTING_UP, State.TALKING):
            self.facts.media_lost = True
        self._happenings.append(happening)
        self._news.set()

    def progressed(self, sign: Sign) -> None:
        """The network tells how far the dialling is."""
        if self.state is State.DIALING:
            self._dialling, news = progressed(self._dialling, sign)
            if news is Sign.RINGING:
                self.history.note("ringing")
            elif news is Sign.EARLY_MEDIA:
                self.history.note("early_media")

    def cause_seen(self, cause: int) -> None:
        """The Q.850 cause of the end that is coming; the first one counts."""
        self.facts.cause = self.facts.cause or cause

    def key(self, digit: str, ended_at: datetime | None = None) -> None:
        """The person pressed a key, and let go of it then.

        What the caller presses for a person they talk with is no answer to the flow.
        """
        if not self._presses.is_new(digit, ended_at):
            self.history.note("key_repeated")
            return
        if self.handover and self.handover.talking:
            return
        if self.state in (State.SETTING_UP, State.TALKING):
            if self._answering:
                self._answering.pressed()
            self.runner.press(digit)

    def end(self, control: Canceled | Dismissed, reason: str) -> None:
        """End it: the ringing at once, a talk with a goodbye. One whose flow is over ends by itself."""
        if self.state not in (State.SETTING_UP, State.TALKING):
            self.happened(Happening.CANCELED, reason=reason)
        elif self.control(control):
            self.facts.canceled = self.facts.canceled or reason
            asyncio.get_running_loop().call_later(_GOODBYE_S, partial(self.happened, Happening.CANCELED, reason=reason))

    def control(self, control: Control) -> bool:
        """Have the flow carry out what is asked of it; False when it is over."""
        if self._answering:
            self._answering.asked()
        return self.runner.control(control)

    def give_way(self, call_id: str) -> None:
        """Stop ringing: who is rung is calling in, on that call."""
        self.facts.called_back = call_id
        self.happened(Happening.CANCELED, reason=f"they called in themselves: {call_id}")

    def media_entered(self) -> None:
        """The ExternalMedia channel is in Stasis."""
        self._bridge.media_entered()

    async def dial(self, dial: Dial, dialled: Callable[[], Awaitable[bool]]) -> Final:
        """Ring a phone, and run the call to its end.

        `dialled` puts on record that the phone may ring from now on; False: it may not any more.
        """
        self._bridge.prepare()
        self.runner.prepare(self._opening.commands)
        return await self._run(partial(self._originate, dial, dialled))

    async def take(self, recorded: asyncio.Task[None]) -> Final:
        """Answer a call that is in Stasis as soon as it is on record, and run it to its end."""
        self._recorded = recorded
        self.made.add(self.person)
        self.happened(Happening.ANSWERED)
        return await self._run()

    async def resume(
        self, *, answered: bool, gate: asyncio.Semaphore, recorded: asyncio.Task[None] | None = None
    ) -> Final:
        """Go on with a call that is in Asterisk already, and run it to its end. `answered`: the person's leg is up.

        `recorded`: it came in, and is to be answered after this. `gate` lets so many be set up at once.
        """
        self._resumed = True
        self._gate = gate
        self._recorded = recorded
        self.made.add(self.person)
        self.history.note("resumed", life=self.names.life, step=self._opening.session.step)
        if answered or recorded:
            self.happened(Happening.ANSWERED)
        return await self._run()

    async def _run(self, begin: Callable[[], Awaitable[None]] | None = None) -> Final:
        self.history.note("state", state=self.state.name.lower())
        try:
            if begin:
                await begin()
            while self.state is not State.ENDED:
                await self._advance(await self._next())
        finally:
            await self._clear()
        return conclude(self.facts)

    async def _originate(self, dial: Dial, dialled: Callable[[], Awaitable[bool]]) -> None:
        """Make the channel, put on record that it is dialled, dial it: whatever ends us between, it rings once."""
        try:
            await self._switch.create(self.person, dial)
            self.made.add(self.person)
            if self.facts.canceled:
                return
            if await dialled():
                await self._switch.dial(self.person, dial.ring_s)
            else:
                self._fail("it was not to be dialled any more")
        except LegGoneError:
            self.happened(Happening.LEG_GONE)
        except SwitchError as error:
            self._fail(f"the call could not be started: {error}")

    async def _next(self) -> Happening:
        try:
            while not self._happenings:
                await self._wait_for_news()
        except TimeoutError:
            self.facts.overdue = self.facts.overdue or self.state
            _log.warning("call.overdue", state=self.state.name.lower(), limit_s=self._limits.of(self.state))
            return Happening.OVERDUE
        return self._happenings.popleft()

    async def _wait_for_news(self) -> None:
        """Raises `TimeoutError` when the state lasts too long. A talk with a person has a limit of its own."""
        self._news.clear()
        try:
            async with asyncio.timeout_at(self._since + self._limits.of(self.state)):
                await self._news.wait()
        except TimeoutError:
            if not (self.handover and self.handover.talking):
                raise
            self._since += _TALK_LOOK_S

    async def _advance(self, happening: Happening) -> None:
        before, (self.state, actions) = self.state, step(self.state, happening)
        if self.state is not before:
            self._since = asyncio.get_running_loop().time()
            self.history.note("state", state=self.state.name.lower(), because=happening.name.lower())
            _log.info(
                "call.state", was=before.name.lower(), now=self.state.name.lower(), because=happening.name.lower()
            )
        for action in actions:
            await self._do(action)

    async def _do(self, action: Action) -> None:
        match action:
            case Action.SET_UP:
                self.facts.answered = True
                if self._recorded is None:
                    self.history.answered()
                self._setup = asyncio.create_task(self._set_up(), name=f"setup of {self.names.call_id}")
            case Action.START_FLOW:
                self.facts.talked = True
                self._flow = asyncio.create_task(self._run_flow(), name=f"flow of {self.names.call_id}")
            case Action.STOP_FLOW:
                await self._stop_flow()
            case Action.HANG_UP:
                await self._hang_up()
            case Action.TEAR_DOWN:
                await self._tear_down()
            case Action.FINISH:
                self.history.note("ended", cause=self.facts.cause)

    async def _set_up(self) -> None:
        self.runner.prepare(self._opening.commands)
        try:
            talking = self.handover is not None and self.handover.talking
            async with self._gate:
                await self._bridge.connect(self.person, answer_after=self._recorded, apart=talking)
                if self._resumed:
                    await self._switch.stop_music(self.names.bridge)
        except LegGoneError:
            self.happened(Happening.LEG_GONE)
        except SwitchError as error:
            if not await self._leaves():
                self._fail(str(error))
        except Exception as error:  # the setup's task root: the call must not wait for it in vain
            _log.exception("setup.failed")
            self._fail(f"{type(error).__name__}: {error}")
        else:
            self.history.note("bridged")
            if self._recorded:
                self.history.answered()
            self.made.add(self.names.media)
            self._leg.connect(self._on_media)
            self.happened(Happening.MEDIA_READY)

    async def _leaves(self) -> bool:
        """Whether the person has gone, or goes within a moment: what Asterisk refuses then is no failure of ours."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVES_S):
                await self._gone.wait()
        return self._gone.is_set()

    async def _run_flow(self) -> None:
        FAILURES.set(self._engine_failed)
        try:
            flow = self.runner.run(self._opening.session, self._opening.commands)
            self.facts.end = await (self._answering.talk(self.runner, flow) if self._answering else flow)
        except Exception as error:  # the flow's task root: the caller must not be left in silence
            _log.exception("flow.failed")
            self.facts.setup_error = f"the flow failed: {error}"
        self.happened(Happening.FLOW_ENDED)

    def _engine_failed(self, engine: str, error: Exception) -> None:
        """A mind or a voice: another may have stood in for it."""
        self.runner.passed_over()
        self.history.note("engine_failed", engine=engine, error=str(error) or type(error).__name__)

    async def _stop_flow(self) -> None:
        if self._answering:
            self._answering.hung_up()
        self.runner.hung_up()
        if self._flow and not (await asyncio.wait({self._flow}, timeout=_STOP_FLOW_S))[0]:
            _log.error("flow.stuck")
            self._flow.cancel()

    async def _hang_up(self) -> None:
        try:
            if not await self._switch.hang_up(self.person):
                self.facts.left = self.state is State.ENDING
                self.happened(Happening.LEG_GONE)
        except SwitchError as error:
            _log.warning("hang_up.failed", error=str(error))

    async def _tear_down(self) -> None:
        """The setup is awaited, not cancelled: a request that Asterisk has taken would leave something behind."""
        if self._setup:
            await asyncio.wait({self._setup})
        await self._bridge.tear_down()
        statistics = await self._leg.close()
        self.history.note("media_closed", **asdict(statistics))

    async def _clear(self) -> None:
        """However it ended: no task, port, channel or bridge stays."""
        for task in (self._setup, self._flow):
            if task and not task.done():
                task.cancel()
        if self.state is not State.ENDED:
            await asyncio.shield(self._abandon())

    async def _abandon(self) -> None:
        await self._hang_up()
        await self._tear_down()

    def _on_media(self, event: MediaEvent) -> None:
        if isinstance(event, MediaLost):
            self.happened(Happening.MEDIA_GONE)
            return
        if self._answering:
            self._answering.on_media(event)
        self.runner.on_media(event)

    def _fail(self, error: str) -> None:
        """The setup failed; what fails after the call's end followed from that."""
        if self.state in (State.DIALING, State.SETTING_UP):
            self.facts.setup_error = error
        self.history.note("setup_failed", error=error)
        self.happened(Happening.SETUP_FAILED)
