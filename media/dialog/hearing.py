"""The caller's turn as audio and as text: pre-roll, the recogniser's stream while they speak, its result after."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from media.asr.protocol import Hint, Recogniser, Recognition, RecognitionStream
from media.audio.pcm import FRAME_BYTES, FRAME_MS, TELEPHONE_RATE, Pcm
from media.audio.wav import write_wav

_SILENT = bytes(FRAME_BYTES)
_JUDGED_FRAMES = 8000 // FRAME_MS
"""What a judge of pauses is given at most: 8 s."""
_log = structlog.stdlib.get_logger(__name__)
OnFailure = Callable[[str, Exception], None]
"""Called with the engine's name and what went wrong."""


@dataclass(slots=True)
class Probe:
    """What was recognised at a pause, or is being recognised."""

    voiced_at: float
    """Seconds: the last voiced frame before the pause."""
    task: asyncio.Task[Recognition | None]
    late: list[tuple[Recogniser, Exception]] = field(default_factory=list)
    """Who was asked, and took longer than there was time."""


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
    probe: Probe | None = None
    """Of its last pause: what it hears is the turn."""
    failed: tuple[Recogniser, ...] = ()
    """Engines that failed while it was said."""
    unheard: bool = False
    """Whether all that could have recognised it failed."""

    def first(self, engine: Recogniser) -> tuple[bool, bool]:
        """Orders engines: who has heard it all, those that have not failed at it, the rest."""
        return engine is not self.engine, any(engine is one for one in self.failed)


class Hearing:
    """Keeps what the caller says, and has it recognised as it comes.

    `pre_roll_ms` is what is kept from before speech was certain; `murmur_ms` what may have been a word all the same.
    """

    def __init__(
        self,
        recognisers: Sequence[Recogniser],
        on_failure: OnFailure,
        *,
        pre_roll_ms: int = 500,
        murmur_ms: int = 1500,
    ) -> None:
        self._recognisers = recognisers
        self._on_failure = on_failure
        self._pre_roll = pre_roll_ms // FRAME_MS
        self._before: deque[bytes] = deque(maxlen=max(pre_roll_ms, murmur_ms) // FRAME_MS)
        self._frames: list[bytes] | None = None
        self._most = 0
        self._engine: Recogniser | None = None
        self._stream: RecognitionStream | None = None
        self._hint: Hint | None = None
        self._probe: Probe | None = None
        self._failed: list[Recogniser] = []
        """Of this turn: they are not asked again before its end."""

    def can(self, hint: Hint | None) -> bool:
        """Whether anybody can recognise this."""
        return hint is not None and any(engine.can(hint) for engine in self._recognisers)

    @property
    def audio(self) -> Pcm:
        """What the caller said so far in this turn: its last seconds."""
        return Pcm(TELEPHONE_RATE, b"".join((self._frames or [])[-_JUDGED_FRAMES:]))

    def add(self, frame: bytes | None) -> None:
        """20 ms of the caller; None is silence."""
        frame = frame or _SILENT
        if self._frames is None:
            self._before.append(frame)
        elif len(self._frames) < self._most:
            self._frames.append(frame)
            if self._stream:
                self._hear(frame)

    def keep(self, max_turn_ms: int) -> None:
        """Keep what comes, and what came just before."""
        self._frames = list(self._before)[-self._pre_roll :]
        self._most = len(self._frames) + (max_turn_ms + 2000) // FRAME_MS

    def open(self, hint: Hint | None) -> None:
        """Recognise what was kept and what comes, with this hint; afresh if it was being recognised already.

        None: it is only kept.
        """
        self._cancel()
        self._hint, self._probe, self._failed = hint, None, []
        if hint:
            self._open_next(hint)

    def probe(self, voiced_at: float, deadline_s: float) -> Probe | None:
        """Have what was said so far recognised; None where nobody can, or while an answer of before is awaited."""
        if self._stream is None or self._engine is None or (self._probe and not self._probe.task.done()):
            return None
        late: list[tuple[Recogniser, Exception]] = []
        asked = _so_far(self._stream, deadline_s, self._engine, late)
        self._probe = Probe(voiced_at, asyncio.ensure_future(asked), late)
        return self._probe

    def close(self, started_at: float, voiced_at: float, at: float) -> HeardTurn:
        """The turn is over. Times in seconds."""
        turn = HeardTurn(self._hint, self._frames or [], self._engine, self._stream, started_at, voiced_at, at)
        turn.failed = tuple(self._failed)
        if self._probe and self._probe.voiced_at == voiced_at:
            turn.probe = self._probe
        self._engine = self._stream = None
        self._forget()
        return turn

    def caught(self, hint: Hint | None, started_at: float, voiced_at: float, at: float) -> HeardTurn:
        """What was just heard, as if it were a turn. Times in seconds."""
        frames = round((at - started_at) * 1000 / FRAME_MS) + self._pre_roll
        return HeardTurn(hint, list(self._before)[-frames:], None, None, started_at, voiced_at, at)

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
        if turn.probe and (known := await turn.probe.task):
            if turn.stream:
                turn.stream.cancel()
            return known
        late = self._late(turn)
        hearing = turn.engine if turn.stream else None
        able = [each for each in self._recognisers if each not in late and (each is hearing or each.can(hint))]
        for engine in sorted(able, key=turn.first):
            stream = turn.stream if engine is hearing else None
            try:
                stream = stream or _fed(engine.open(hint), turn)
                async with asyncio.timeout(deadline_s):
                    recognition = await stream.finish()
            except Exception as error:
                self._on_failure(engine.name, error)
                turn.unheard = True
                if stream:
                    stream.cancel()
            else:
                turn.unheard = False
                return recognition
        return None

    def _late(self, turn: HeardTurn) -> list[Recogniser]:
        """Who was asked already what this very turn is, and did not answer in time: they are not waited for twice."""
        late = turn.probe.late if turn.probe else []
        for engine, error in late:
            self._on_failure(engine.name, error)
            turn.unheard = True
        if late and turn.stream:
            turn.stream.cancel()
            turn.stream = None
        return [engine for engine, _ in late]

    def _open_next(self, hint: Hint) -> None:
        """The first that can, of those that have not failed at this turn, hears what was kept and what comes."""
        untried = [engine for engine in self._recognisers if not any(engine is one for one in self._failed)]
        for engine in untried:
            if not engine.can(hint):
                continue
            try:
                self._engine, self._stream = engine, engine.open(hint)
                self._feed(self._frames or [])
            except Exception as error:
                self._failed_at_it(engine, error)
            else:
                return

    def _hear(self, frame: bytes) -> None:
        """An engine is a plug-in: whatever it raises ends its part in this turn, not the call; the next takes over."""
        try:
            self._feed([frame])
        except Exception as error:
            if self._engine and self._hint:
                self._failed_at_it(self._engine, error)
                self._open_next(self._hint)

    def _failed_at_it(self, engine: Recogniser, error: Exception) -> None:
        self._on_failure(engine.name, error)
        self._failed.append(engine)
        self._cancel()

    def _feed(self, frames: Sequence[bytes]) -> None:
        if self._stream:
            for frame in frames:
                self._stream.feed(frame)

    def _cancel(self) -> None:
        if self._stream:
            self._stream.cancel()
        self._engine = self._stream = None

    def _forget(self) -> None:
        self._before.extend((self._frames or [])[-(self._before.maxlen or 0) :])
        self._frames = None
        self._probe = None


async def _so_far(
    stream: RecognitionStream, deadline_s: float, engine: Recogniser, late: list[tuple[Recogniser, Exception]]
) -> Recognition | None:
    """A failure is told when the turn is over, should it last; who was too slow is kept in `late`."""
    try:
        async with asyncio.timeout(deadline_s):
            return await stream.so_far()
    except TimeoutError as error:
        late.append((engine, error))
    except Exception as error:
        _log.debug("media.probe_failed", error=repr(error))
    return None


def _fed(stream: RecognitionStream, turn: HeardTurn) -> RecognitionStream:
    for frame in turn.frames:
        stream.feed(frame)
    return stream


async def save_turn(path: Path, turn: HeardTurn) -> Path:
    """Write the turn's audio off the loop; where it is. Raises `OSError`."""
    await asyncio.to_thread(write_wav, path, b"".join(turn.frames))
    return path
