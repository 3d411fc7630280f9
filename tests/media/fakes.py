"""Stand-ins for the media plane's neighbours: a clock moved by hand, scripted frames, engines that answer at once."""

from __future__ import annotations

import asyncio
import math
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from media.asr.protocol import Hint, Recognition, RecognitionStream
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES, TELEPHONE_RATE, Pcm
from media.ticker import Member
from media.transport.protocol import MediaRequest, OnFrame, PathState, TransportStatistics
from media.tts.answer import SpokenAnswer
from media.tts.protocol import Speech

SILENT = bytes(FRAME_BYTES)


def tone(milliseconds: int, amplitude: int = 8000, rate: int = TELEPHONE_RATE, hertz: float = 440.0) -> bytes:
    """16-bit linear audio of a sine."""
    count = rate * milliseconds // 1000
    return struct.pack(
        f"<{count}h", *(round(amplitude * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))
    )


VOICED = tone(20)


class VirtualClock:
    """Time that passes only when told to."""

    def __init__(self, start: float = 1000.0) -> None:
        self.time = start

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


class LoudnessVad:
    """Speech is whatever isn't digital silence."""

    def is_speech(self, frame: bytes) -> bool:
        return frame != SILENT


class DeafVad:
    """No voice was made out."""

    def is_speech(self, frame: bytes) -> bool:
        return False


class ManualTicker:
    """Holds members; the test ticks them."""

    def __init__(self) -> None:
        self.members: list[Member] = []

    def add(self, member: Member) -> None:
        self.members.append(member)

    def remove(self, member: Member) -> None:
        self.members = [other for other in self.members if other is not member]


class ScriptedTransport:
    """The caller is whoever calls `hear`; what the agent said is in `sent`."""

    def __init__(self, depth: int = 2) -> None:
        self.request = MediaRequest("udp", "rtp", "127.0.0.1:4000", "alaw")
        self.lost = False
        self.unplayed: asyncio.Event | None = None
        """Holds `drained` back, where it is given."""
        self.last_received_at: float | None = None
        self.answer: Mapping[str, str] = {}
        self.sent: list[bytes | None] = []
        self.skipped = 0
        self.flushed = 0
        self.closed = 0
        self._on_frame: OnFrame | None = None
        self._buffer: deque[bytes | None] = deque([None] * depth)

    async def attach(self, answer: Mapping[str, str]) -> None:
        self.answer = answer

    def start(self, on_frame: OnFrame) -> None:
        self._on_frame = on_frame

    async def drained(self) -> None:
        if self.unplayed:
            await self.unplayed.wait()

    def hear(self, frame: bytes | None, at: float) -> None:
        self._buffer.append(frame)
        if frame is not None and self._on_frame:
            self.last_received_at = at
            self._on_frame(frame, at)

    @property
    def path(self) -> PathState:
        return PathState(len(self._buffer), 0, 0)

    def receive(self) -> bytes | None:
        return self._buffer.popleft() if self._buffer else None

    def send(self, frame: bytes | None) -> None:
        self.sent.append(frame)

    def flush(self) -> None:
        self.flushed += 1

    def skip(self, frames: int) -> None:
        self.skipped += frames

    def close(self) -> TransportStatistics:
        self.closed += 1
        return TransportStatistics(sent=len(self.sent), wrong_source=7, jitter_ms=1.5, concealed_frames=2, mos=4.1)


@dataclass
class ScriptedStream:
    """A stream that answers with its engine's next text."""

    engine: ScriptedRecogniser
    hint: Hint
    fed: list[bytes] = field(default_factory=list)
    cancelled: bool = False

    def feed(self, frame: bytes) -> None:
        self.fed.append(frame)

    async def so_far(self) -> Recognition | None:
        if self.engine.gate:
            await self.engine.gate.wait()
        if self.engine.error:
            raise self.engine.error
        return Recognition(self.engine.so_far, 0.9, self.engine.name, 1.0) if self.engine.so_far is not None else None

    async def finish(self) -> Recognition:
        if self.engine.error:
            raise self.engine.error
        if self.engine.hangs:
            await asyncio.Event().wait()
        return Recognition(self.engine.texts.pop(0), 0.9, self.engine.name, 1.0)

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class ScriptedRecogniser:
    """Serves `languages`; gives `texts` in order."""

    name: str = "scripted"
    languages: frozenset[str] = frozenset({"en"})
    texts: list[str] = field(default_factory=lambda: ["yes"])
    so_far: str | None = None
    """What is heard at a pause; None: the engine tells only at the end."""
    gate: asyncio.Event | None = None
    """Holds that back."""
    error: Exception | None = None
    hangs: bool = False
    streams: list[ScriptedStream] = field(default_factory=list)

    def can(self, hint: Hint) -> bool:
        return hint.language in self.languages

    def open(self, hint: Hint) -> RecognitionStream:
        self.streams.append(ScriptedStream(self, hint))
        return self.streams[-1]


class ScriptedVoice:
    """Says a tone of 100 ms a word, at once if `cached`, else in two halves; `gate` holds back the second."""

    def __init__(
        self, *, cached: bool = True, gate: asyncio.Event | None = None, error: Exception | None = None
    ) -> None:
        self.cached, self.gate, self.error = cached, gate, error
        self.prepared: list[Speech] = []
        self.answering: SpokenAnswer | None = None
        self.closed = 0
        self.make: Callable[[str], bytes] = lambda text: tone(100 * len(text.split()))

    def ready(self, speech: Speech) -> Pcm | None:
        return Pcm(TELEPHONE_RATE, self.make(speech.text)) if self.cached else None

    async def render(self, speech: Speech) -> AsyncIterator[Pcm]:
        try:
            audio = self.make(speech.text)
            half = len(audio) // 4 * 2
            yield Pcm(TELEPHONE_RATE, audio[:half])
            if self.gate:
                await self.gate.wait()
            if self.error:
                raise self.error
            yield Pcm(TELEPHONE_RATE, audio[half:])
        finally:
            self.closed += 1

    def prepare(self, speech: Speech) -> None:
        self.prepared.append(speech)

    def answer(self, like: Speech) -> SpokenAnswer | None:
        return self.answering


assert FRAME_SAMPLES == 160
