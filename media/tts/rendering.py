"""One speech being rendered, for as many listeners as ask for it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import replace

from media.audio.mastering import Mastering, Rendered
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError
from media.tts.prepare import prepared, unmarked
from media.tts.protocol import Speech, Synthesiser
from media.tts.voice_levels import VoiceLevels, voice_key
from media.workers.line import Rank

_AHEAD_S = 60.0
"""The first audio of what nobody waits for may take so long: it stands in a line behind what somebody waits for."""


class Rendering:
    """Chunks at 8 kHz as they come, from the first synthesiser of the chain that gives any.

    The work goes on at the synthesiser's pace, however slowly a listener takes it; it stops when the last listener
    leaves, unless it was asked to be kept. While nobody listens, what comes is only put by.
    """

    def __init__(
        self,
        speech: Speech,
        chain: Sequence[Synthesiser],
        chunk_deadline_s: float,
        levels: VoiceLevels,
        on_done: Callable[[Rendering], None],
    ) -> None:
        self._speech = speech
        self._chain = chain
        self._chunk_deadline_s = chunk_deadline_s
        self._levels = levels
        self._on_done = on_done
        self._attempt: asyncio.Future[None] | None = None
        self._voice = ""
        self._raw: list[Pcm] = []
        self._mastered = 0
        """Of the raw chunks."""
        self._mastering: Mastering | None = None
        self._whole = False
        self._over = False
        self._chunks: list[bytes] = []
        self._changed = asyncio.Event()
        self._listeners = 0
        self.kept = False
        self.keeping: asyncio.Task[None] | None = None
        """Its way into the cache."""
        self.engine = ""
        self.failure: EngineError | None = None
        self.task = asyncio.create_task(self._work(), name=f"render {speech.language}")
        self.task.add_done_callback(self._finish)

    def levelled(self) -> Pcm:
        """All of it at its level, measured as a whole; its voice's loudness is learnt. Off the loop: it takes a while.

        Only for one that is complete.
        """
        rendered = Rendered(_joined(self._raw))
        self._levels.learn(self._voice, rendered.lufs, rendered.seconds)
        return rendered.levelled(self._levels.known(self._voice))

    @property
    def complete(self) -> bool:
        """Whether it was rendered to its end."""
        return self.task.done() and not self.task.cancelled() and self.failure is None

    async def listen(self) -> AsyncIterator[Pcm]:
        """All its chunks from the first. Raises the `EngineError` that ended it."""
        self._listeners += 1
        self._hurry()
        self._master()
        given = 0
        try:
            while True:
                while given < len(self._chunks):
                    given += 1
                    yield Pcm(TELEPHONE_RATE, self._chunks[given - 1])
                if self._over:
                    break
                self._changed.clear()
                await self._changed.wait()
            if self.failure:
                raise self.failure
        finally:
            self._listeners -= 1
            if not self._listeners and not self.kept:
                self.task.cancel()

    def _hurry(self) -> None:
        """Somebody waits now: what stands in a line as work ahead, and has come to nothing yet, joins it anew."""
        if self._speech.rank is not Rank.WAITING:
            self._speech = replace(self._speech, rank=Rank.WAITING)
            if self._attempt and not self._raw:
                self._attempt.cancel()

    def _finish(self, _task: asyncio.Task[None]) -> None:
        self._on_done(self)
        self._over = True
        self._changed.set()

    async def _work(self) -> None:
        failures: list[str] = []
        for engine in self._chain:
            try:
                await self._rendered(engine)
            except Exception as error:
                failures.append(f"{engine.name}: {str(error) or type(error).__name__}")
            else:
                if self._whole:
                    return
                failures.append(f"{engine.name}: nothing came")
            if self._chunks:
                break
        self.failure = EngineError(f"not spoken in {self._speech.language!r}: {'; '.join(failures)}")

    async def _rendered(self, engine: Synthesiser) -> None:
        """Raises whatever the engine does. Begun anew when somebody comes to wait for it."""
        task = asyncio.current_task()
        while True:
            rank = self._speech.rank
            self._attempt = asyncio.ensure_future(self._render(engine))
            try:
                return await self._attempt
            except asyncio.CancelledError:
                if rank is self._speech.rank or (task and task.cancelling()):
                    raise

    async def _render(self, engine: Synthesiser) -> None:
        """Raises whatever the engine does; what it gave before is put by only if some of it was heard."""
        self._raw, self._mastered, self._mastering = [], 0, None
        self.engine = engine.name
        self._voice = voice_key(engine.fingerprint(self._speech), self._speech.language)
        chunks = engine.speak(readable(self._speech, engine))
        try:
            ahead = self._speech.rank is Rank.AHEAD
            async with asyncio.timeout(_AHEAD_S if ahead else self._chunk_deadline_s) as deadline:
                async for chunk in chunks:
                    deadline.reschedule(asyncio.get_running_loop().time() + self._chunk_deadline_s)
                    self._take(chunk)
                    await asyncio.sleep(
                        0
                    )  # several may be here already: who listens comes between them, and so do others
            self._whole = bool(self._raw)
            if self._listeners:
                self._master()
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()

    def _take(self, chunk: Pcm) -> None:
        if self._raw and chunk.rate != self._raw[0].rate:
            raise ValueError(f"a stream of {self._raw[0].rate} Hz was given a chunk of {chunk.rate} Hz")
        if chunk.samples:
            self._raw.append(chunk)
        if self._listeners:
            self._master()

    def _master(self) -> None:
        """Make what has come since the last time fit to be heard."""
        new, self._mastered = self._raw[self._mastered :], len(self._raw)
        if new:
            self._mastering = self._mastering or Mastering(new[0].rate, self._levels.known(self._voice))
            self._give(self._mastering.feed(_joined(new)))
        if self._whole and self._mastering:
            self._give(self._mastering.finish())
            self._mastering = None

    def _give(self, samples: bytes) -> None:
        if samples:
            self._chunks.append(samples)
            self._changed.set()


def readable(speech: Speech, engine: Synthesiser) -> Speech:
    """The speech with its text as this engine is to read it.

    An engine may have `tags`, the sounds that it makes of an author's `[laugh]`, and `latin`, whether it reads Latin
    letters; one that has neither makes none and reads them.
    """
    tags: frozenset[str] = getattr(engine, "tags", frozenset())
    latin: bool = getattr(engine, "latin", True)
    return replace(speech, text=unmarked(prepared(speech.text, speech.language, frozenset(tags), latin=latin)))


def _joined(chunks: Sequence[Pcm]) -> Pcm:
    return chunks[0] if len(chunks) == 1 else Pcm(chunks[0].rate, b"".join(chunk.samples for chunk in chunks))
