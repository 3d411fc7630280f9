"""The caller's turn as audio and as text: pre-roll, the recogniser's stream while they speak, its result after."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from media.asr.protocol import Hint, Recogniser, Recognition, RecognitionStream
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.audio.wav import write_wav

_SILENT = bytes(FRAME_BYTES)
OnFailure = Callable[[str, Exception], None]
"""Called with the engine's name and what went wrong."""


@dataclass(slots=True)
class HeardTurn:
    """A turn that is over: its frames, and the stream that has heard them all."""

    hint: Hint | None
    """None: it is not to be recognised."""
    frames: list[bytes]
    engine: Recogniser | None
    stream: RecognitionStream | None
    started_at: float
    """Seconds: its first voiced frame."""
    voiced_at: float
    """Seconds: its last voiced frame."""
    closed_at: float
    """Seconds: when it was taken to be over."""


class Hearing:
    """Keeps what the caller says, and has it recognised as it comes.

    `pre_roll_ms` is what is kept from before speech was certain.
    """

    def __init__(self, recognisers: Sequence[Recogniser], on_failure: OnFailure, *, pre_roll_ms: int = 500) -> None:
        self._recognisers = recognisers
        self._on_failure = on_failure
        self._before: deque[bytes] = deque(maxlen=pre_roll_ms // FRAME_MS)
        self._frames: list[bytes] | None = None
        self._most = 0
        self._engine: Recogniser | None = None
        self._stream: RecognitionStream | None = None
        self._hint: Hint | None = None

    def add(self, frame: bytes | None) -> None:
        """20 ms of the caller; None is silence."""
        frame = frame or _SILENT
        if self._frames is None:
            self._before.append(frame)
        elif len(self._frames) < self._most:
            self._frames.append(frame)
            if self._stream:
                self._feed([frame])

    def keep(self, max_turn_ms: int) -> None:
        """Keep what comes, and what came just before."""
        self._frames = list(self._before)
        self._most = len(self._frames) + (max_turn_ms + 2000) // FRAME_MS

    def open(self, hint: Hint | None) -> None:
        """Recognise what was kept and what comes, with this hint; afresh if it was being recognised already.

        None: it is only kept.
        """
        self._cancel()
        self._hint = hint
        if hint:
            self._engine = next((engine for engine in self._recognisers if engine.can(hint)), None)
        if hint is None or self._engine is None:
            return
        try:
            self._stream = self._engine.open(hint)
        except Exception as error:
            self._on_failure(self._engine.name, error)
            return
        self._feed(self._frames or [])

    def close(self, started_at: float, voiced_at: float, at: float) -> HeardTurn:
        """The turn is over. Times in seconds."""
        frames = self._frames or []
        turn = HeardTurn(self._hint, frames, self._engine, self._stream, started_at, voiced_at, at)
        self._engine = self._stream = None
        self._forget()
        return turn

    def discard(self) -> None:
        """It was no turn."""
        self._cancel()
        self._forget()

    def forget(self) -> None:
        """Nothing that was said before counts: no turn, no pre-roll."""
        self.discard()
        self._before.clear()

    async def recognise(self, turn: HeardTurn, deadline_s: float) -> Recognition | None:
        """The turn's text, by the first engine of the chain that gives one in its time; None when none can."""
        hint = turn.hint
        if hint is None:
            return None
        for engine in [engine for engine in self._recognisers if engine.can(hint)]:
            stream = turn.stream if engine is turn.engine else None
            try:
                stream = stream or _fed(engine.open(hint), turn)
                async with asyncio.timeout(deadline_s):
                    return await stream.finish()
            except Exception as error:
                self._on_failure(engine.name, error)
                if stream:
                    stream.cancel()
        return None

    def _feed(self, frames: Sequence[bytes]) -> None:
        """An engine is a plug-in: whatever it raises ends its part in this turn, not the call."""
        if self._stream is None or self._engine is None:
            return
        try:
            for frame in frames:
                self._stream.feed(frame)
        except Exception as error:
            self._on_failure(self._engine.name, error)
            self._cancel()

    def _cancel(self) -> None:
        if self._stream:
            self._stream.cancel()
        self._engine = self._stream = None

    def _forget(self) -> None:
        self._before.extend((self._frames or [])[-(self._before.maxlen or 0) :])
        self._frames = None


def _fed(stream: RecognitionStream, turn: HeardTurn) -> RecognitionStream:
    for frame in turn.frames:
        stream.feed(frame)
    return stream


async def save_turn(path: Path, turn: HeardTurn) -> Path:
    """Write the turn's audio off the loop; where it is. Raises `OSError`."""
    await asyncio.to_thread(write_wav, path, b"".join(turn.frames))
    return path
