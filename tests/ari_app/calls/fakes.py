"""A scripted switch, leg, store and backend, for calls on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ari_app.calls.switch import Dial, Refusal
from ari_app.store.records import CallEvent, Decision
from ivr_flows.commands import Fetch
from media.dialog.protocol import (
    AgentFinished,
    Listening,
    MediaEvent,
    MediaStatistics,
    SilenceElapsed,
    TurnEnded,
    Utterance,
)
from media.machine.manner import MachineManner
from media.transport.protocol import MediaRequest
from media.tts.protocol import Speech

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VARIABLES = {"UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1", "UNICASTRTP_LOCAL_PORT": "17000"}
REQUEST = MediaRequest("udp", "rtp", "127.0.0.1:4000", "alaw")


class ScriptedSwitch:
    """An Asterisk that does at once what it is asked, unless told otherwise by `errors`, `held` or `silent`.

    `channels` and `bridges` are what exists in it; `asked` is what was asked of it, in order.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.channels: set[str] = set()
        self.bridges: set[str] = set()
        self.errors: dict[str, Exception] = {}
        """By method; the method has no effect then."""
        self.held: dict[str, asyncio.Event] = {}
        """By method: it takes effect when the event is set."""
        self.refusals: list[Refusal] = []
        self.headers: dict[str, str] = {}
        self.silent: set[str] = set()
        """Methods that tell nobody what they did."""
        self.on_gone: Callable[[str], None] = lambda _: None
        self.on_media: Callable[[], None] = lambda: None

    def names(self, method: str) -> list[str]:
        """What a method was asked about."""
        return [name for asked, name in self.asked if asked == method]

    async def originate(self, channel: str, dial: Dial) -> None:
        await self._asked("originate", channel)
        self.channels.add(channel)

    async def create(self, channel: str, dial: Dial) -> None:
        await self._asked("create", channel)
        self.channels.add(channel)

    async def dial(self, channel: str, ring_s: int) -> None:
        await self._asked("dial", channel)

    async def answer(self, channel: str) -> None:
        await self._asked("answer", channel)

    async def ring(self, channel: str) -> None:
        await self._asked("ring", channel)

    async def create_bridge(self, bridge: str) -> None:
        await self._asked("create_bridge", bridge)
        self.bridges.add(bridge)

    async def external_media(self, channel: str, request: MediaRequest) -> Mapping[str, str]:
        await self._asked("external_media", channel)
        self.channels.add(channel)
        if "external_media" not in self.silent:
            asyncio.get_running_loop().call_soon(self.on_media)
        return VARIABLES

    async def join(self, bridge: str, channels: tuple[str, ...]) -> None:
        await self._asked("join", bridge)

    async def leave(self, bridge: str, channel: str) -> None:
        await self._asked("leave", channel)

    async def hang_up(self, channel: str) -> bool:
        await self._asked("hang_up", channel)
        there = channel in self.channels
        self.channels.discard(channel)
        if there and "hang_up" not in self.silent:
            asyncio.get_running_loop().call_soon(self.on_gone, channel)
        return there

    async def refuse(self, channel: str, refusal: Refusal = "busy") -> bool:
        await self._asked("refuse", channel)
        self.refusals.append(refusal)
        self.channels.discard(channel)
        return True

    async def apologise(self, channel: str, sound: Path) -> bool:
        await self._asked("apologise", f"{channel} {sound.name}")
        self.channels.discard(channel)
        return True

    async def header(self, channel: str, name: str) -> str:
        await self._asked("header", name)
        return self.headers.get(name, "")

    async def stop_music(self, bridge: str) -> None:
        await self._asked("stop_music", bridge)

    async def destroy_bridge(self, bridge: str) -> None:
        await self._asked("destroy_bridge", bridge)
        self.bridges.discard(bridge)

    async def _asked(self, method: str, name: str) -> None:
        self.asked.append((method, name))
        if method in self.held:
            await self.held[method].wait()
        if error := self.errors.get(method):
            raise error


class ScriptedLeg:
    """Says everything at once, unless `playing`; the test brings what the caller does."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.prepared: list[Utterance] = []
        self.listened: list[Listening] = []
        self.listening = False
        self.protected = False
        """What plays may not be cut."""
        self.in_turn = False
        """The caller is speaking: `end_turn` ends it."""
        self.music: list[tuple[float, Path | str | None]] = []
        """When which music was played, or stopped."""
        self.playing_music = False
        self.resting = False
        self.judging: MachineManner | None = None
        """How the callee is being judged."""
        self.private = False
        """Whether the recording is paused."""
        self.cuts = 0
        self.closed = 0
        self.request = REQUEST
        self.answer: Mapping[str, str] = {}
        self.attach_error: Exception | None = None
        self._on_event: Callable[[MediaEvent], None] | None = None
        self.answers: list[str] = []
        """The language of each answer that was begun, and "" for its end."""
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def speaking(self) -> bool:
        return not self._quiet.is_set()

    @property
    def interruptible(self) -> bool:
        return not self.protected

    @property
    def texts(self) -> list[str]:
        """What was said, as text."""
        return [getattr(part, "text", str(part)) for utterance in self.said for part in utterance.parts]

    async def attach(self, answer: Mapping[str, str]) -> None:
        if self.attach_error:
            raise self.attach_error
        self.answer = answer

    def connect(self, on_event: Callable[[MediaEvent], None]) -> None:
        self._on_event = on_event

    def prepare(self, utterance: Utterance) -> None:
        self.prepared.append(utterance)

    def say(self, utterance: Utterance) -> None:
        self.said.append(utterance)

    def begin_answer(self, like: Speech) -> None:
        self.answers.append(like.language)

    def end_answer(self) -> None:
        if self.answers and self.answers[-1]:
            self.answers.append("")

    def stop_speaking(self) -> None:
        self.cuts += 1

    async def drained(self) -> None:
        await self._quiet.wait()

    def listen(self, listening: Listening) -> None:
        self.listened.append(listening)
        self.listening = True

    def stop_listening(self) -> None:
        self.listening = False

    def end_turn(self, within_s: float | None = None) -> bool:
        ended, self.in_turn = self.in_turn, False
        return ended

    def play_music(self, path: Path | None) -> None:
        self.music.append((_now(), path))
        self.playing_music = True

    def stop_music(self) -> None:
        if self.playing_music:
            self.music.append((_now(), "stop"))
        self.playing_music = False

    def rest(self) -> None:
        self.resting = True

    def resume(self) -> None:
        self.resting = False

    def pause_recording(self) -> None:
        self.private = True

    def resume_recording(self) -> None:
        self.private = False

    def restart_silence(self) -> None:
        return

    def judge_callee(self, manner: MachineManner | None) -> None:
        self.judging = manner

    async def close(self) -> MediaStatistics:
        self.closed += 1
        return MediaStatistics(received=10, sent=20)

    def play(self) -> None:
        """From now on something is being said."""
        self._quiet.clear()

    def played(self) -> None:
        """All has been said."""
        self._quiet.set()

    def tell(self, event: MediaEvent) -> None:
        """Bring an event of the media."""
        if self._on_event is None:
            raise AssertionError("the leg was not connected")
        self._on_event(event)

    def unprotect(self) -> None:
        """The prompt that may not be cut has been played."""
        self.protected = False
        self.tell(AgentFinished(_now(), "s1", "", complete=True))

    def turn(self, text: str, *, took_ms: float = 0.0, recording: Path | None = None) -> None:
        """The caller said something; its recognition took so long."""
        now = _now()
        self.tell(TurnEnded(now, text, 0.9, "scripted", now - 2, now - took_ms / 1000 - 0.6, took_ms, recording))

    def silence(self) -> None:
        """Nobody answered."""
        self.tell(SilenceElapsed(_now()))


class MemoryStore:
    """A `HistoryStore`; raises `error` as long as there is one."""

    def __init__(self) -> None:
        self.events: list[CallEvent] = []
        self.sessions: list[str] = []
        self.answered_at: list[datetime] = []
        self.error: Exception | None = None
        self.tries = 0
        self.held: asyncio.Event | None = None

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    async def answered(self, call_id: str, at: datetime) -> bool:
        await self._written()
        self.answered_at.append(at)
        return True

    async def add_events(self, call_id: str, history: Sequence[CallEvent], session: str | None = None) -> None:
        batch = list(history)
        await self._written()
        self.events += batch
        if session is not None:
            self.sessions.append(session)

    async def _written(self) -> None:
        self.tries += 1
        if self.held:
            await self.held.wait()
        if self.error:
            raise self.error


class ScriptedBackend:
    """Commits and looks up as told: `decision` and `answer` may be errors; `held` holds it back."""

    def __init__(self) -> None:
        self.decided: list[tuple[str, dict[str, object]]] = []
        self.fetched: list[tuple[str, dict[str, object]]] = []
        self.asked: list[Fetch] = []
        self.decision: Decision | Exception = Decision(accepted=True, outcome="confirmed")
        self.answer: Mapping[str, object] | Exception = {"status": "on_the_way"}
        self.held: asyncio.Event | None = None
        self.cancelled = 0
        self.opted_out = 0

    async def decide(self, outcome: str, data: Mapping[str, object]) -> Decision:
        await self._held()
        self.decided.append((outcome, dict(data)))
        if isinstance(self.decision, Exception):
            raise self.decision
        return self.decision

    async def opt_out(self) -> None:
        await self._held()
        if isinstance(self.decision, Exception):
            raise self.decision
        self.opted_out += 1

    async def fetch(self, fetch: Fetch) -> Mapping[str, object]:
        self.fetched.append((fetch.name, dict(fetch.arguments)))
        self.asked.append(fetch)
        await self._held()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def _held(self) -> None:
        try:
            if self.held:
                await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def spawn(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Run it beside the test."""
    return asyncio.create_task(work)


def _now() -> float:
    return asyncio.get_running_loop().time()
