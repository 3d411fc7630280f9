"""Deepgram's streaming recognition: a websocket for each turn, audio going out as it comes.

https://developers.deepgram.com/docs/live-streaming-audio
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from media.asr.deepgram_results import CLOSE_STREAM, FINALIZE, KEEP_ALIVE, Results, query_of
from media.asr.invented import credible
from media.asr.kept import KeptTurn
from media.asr.protocol import Hint, Recognition
from media.audio.pcm import FRAME_MS
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import CutError, Deadlines, EngineHttp, Socket, json_object

NAME = "deepgram"
URL = "wss://api.deepgram.com/v1"
LANGUAGES = {"en": "en-IN", "hi": "hi", "mr": "mr"}
_FEWEST, _MOST = 3, 50
"""Frames of a message: 60 ms (Deepgram advises 20 to 250 ms), and of one that catches up after a connection."""
_KEEP_ALIVE_S = 4.0
"""Deepgram closes a stream that gets nothing for 10 s, and advises 3 to 5."""
_SETTLED_S = 0.25
"""Results that reach so near to the end of what was sent have heard all of it."""
_LONGEST_RETRY_S = 0.1


class Deepgram:
    """A recogniser of free speech and lists in the cloud; what a hint says is likely goes along as key terms.

    `languages` maps ISO 639-1 codes to Deepgram's; `parameters` are added to the query of every stream. `deadline_s`
    is for the result after the turn, `settle_s` for what was said at a pause. Raises `EngineUnavailableError`.
    """

    def __init__(
        self,
        *,
        name: str = NAME,
        key: str = "",
        model: str = "nova-3",
        languages: Mapping[str, str] | None = None,
        url: str = URL,
        parameters: Mapping[str, str] | None = None,
        deadline_s: float = 3.0,
        settle_s: float = 1.0,
        connect_s: float = 2.0,
        connections: int = 64,
    ) -> None:
        if not key:
            raise EngineUnavailableError(f"{name}: expected a key (https://console.deepgram.com), got none")
        self.name = name
        self.deadline_s = deadline_s
        self.settle_s = settle_s
        self.http = EngineHttp(
            name,
            url,
            key=key,
            scheme="Token",
            reason_header="dg-error",
            deadlines=Deadlines(connect_s, deadline_s, deadline_s),
            connections=connections,
        )
        self._model = model
        self._languages = languages or LANGUAGES
        self._parameters = [(name, str(value)) for name, value in (parameters or {}).items()]

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        await self.http.close()

    def can(self, hint: Hint) -> bool:
        """Whether one of the hint's languages is served."""
        return not self._languages.keys().isdisjoint((hint.language, *hint.languages))

    def open(self, hint: Hint) -> DeepgramStream:
        """Listen for one turn; it connects meanwhile. Raises `EngineError` for a language that is not served."""
        if not self.can(hint):
            raise EngineError(f"{self.name} hears {', '.join(sorted(self._languages))}, not {hint.language!r}")
        return DeepgramStream(self, [*query_of(hint, self._model, self._languages), *self._parameters])


class DeepgramStream:
    """One turn. Kept until it is over: a stream that is cut is opened once more, and sent what is not final yet."""

    def __init__(self, engine: Deepgram, query: Sequence[tuple[str, str]]) -> None:
        self._engine = engine
        self._what = f"{engine.name}: stream"
        self._query = query
        self._kept = KeptTurn()
        self._results = Results()
        self._known = (0, Recognition("", 0.0, engine.name, 0.0))
        """How many frames of voice there were when it was asked last, and what was recognised."""
        self._over = self._closing = self._asking = False
        self._asked = self._finalized = 0
        self._to_send, self._news = asyncio.Event(), asyncio.Event()
        self._work = asyncio.ensure_future(self._run())
        self._work.add_done_callback(self._ended)

    def feed(self, frame: bytes) -> None:
        """Send a frame soon; none past 30 s. Raises `ValueError` for one that is not 20 ms of 8 kHz audio."""
        if not self._over:
            self._kept.keep(frame)
            self._to_send.set()

    async def so_far(self) -> Recognition | None:
        """What was said up to here, once Deepgram has heard all of it; None when that takes too long.

        Raises `EngineError` and `TimeoutError` when the stream failed.
        """
        started, voiced = time.monotonic(), self._kept.voiced
        if self._known[0] == voiced:
            return self._known[1]
        settled = self._settling()
        self._asked += 1
        self._asking = True
        self._to_send.set()
        try:
            known = await self._until(settled)
        finally:
            self._asking = False
        if self._work.done():
            self._failure()
        return self._recognised(started, voiced) if known else None

    async def finish(self) -> Recognition:
        """What was said; at once if nothing was since it was asked last. Raises `EngineError` and `TimeoutError`."""
        if self._over:
            raise EngineError(f"{self._what}: this turn is over already")
        self._over = True
        started, voiced = time.monotonic(), self._kept.voiced
        try:
            if self._known[0] == voiced:
                return self._known[1]
            self._to_send.set()
            done, _ = await asyncio.wait({self._work}, timeout=self._engine.deadline_s)
        finally:
            self._work.cancel()
        if not done:
            raise EngineBusyError(f"{self._what}: no result {self._engine.deadline_s:g} s after the turn")
        self._failure()
        return self._recognised(started, voiced)

    def cancel(self) -> None:
        """Stop. Idempotent."""
        self._over = True
        self._work.cancel()

    def _recognised(self, started: float, voiced: int) -> Recognition:
        results, name = self._results, self._engine.name
        took_ms = (time.monotonic() - started) * 1000
        recognition = Recognition(results.text, results.confidence, name, took_ms, results.language)
        if not results.text or not credible(results.text, self._kept.voiced_ms):
            recognition = Recognition("", 0.0, name, took_ms)
        self._known = voiced, replace(recognition, took_ms=0.0)
        return recognition

    def _settling(self) -> Callable[[], bool]:
        """Whether all that was fed up to now is final. A word about an older Finalize is none about this one."""
        results, fed_s = self._results, len(self._kept.frames) * FRAME_MS / 1000
        flushed, trusted = results.flushed, results.flushed == self._finalized
        return lambda: results.final_s >= fed_s - _SETTLED_S or (trusted and results.flushed > flushed)

    async def _until(self, settled: Callable[[], bool]) -> bool:
        try:
            async with asyncio.timeout(self._engine.settle_s):
                while not (settled() or self._work.done()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return settled()

    def _failure(self) -> None:
        """Raise what ended the work, if that was no result."""
        if self._work.cancelled():
            raise EngineError(f"{self._what}: what was said is no longer wanted")
        self._work.result()

    def _ended(self, work: asyncio.Future[None]) -> None:
        self._news.set()
        self._kept.frames.clear()
        if not work.cancelled():
            work.exception()

    async def _run(self) -> None:
        try:
            await self._streamed()
        except CutError:
            await asyncio.sleep(random.uniform(0, _LONGEST_RETRY_S))  # noqa: S311 - spreads calls, guards no secret
            await self._streamed()

    async def _streamed(self) -> None:
        first = round(self._results.resume() * 1000) // FRAME_MS
        self._closing, self._finalized = False, self._results.flushed
        async with self._engine.http.websocket("/listen", query=self._query) as socket:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._send(socket, first))
                    await self._receive(socket)
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from errors

    async def _send(self, socket: Socket, sent: int) -> None:
        finalized = 0
        while not self._closing:
            self._to_send.clear()
            asked = self._asking and finalized != self._asked
            frames = self._kept.frames[sent : sent + _MOST]
            if frames and (asked or self._over or len(frames) >= _FEWEST):
                sent += len(frames)
                await socket.send(b"".join(frames))
            elif asked:
                finalized = self._asked
                self._finalized += 1
                await socket.send(FINALIZE)
            elif self._over:
                self._closing = True
                await socket.send(CLOSE_STREAM)
            elif not await self._something_to_send():
                await socket.send(KEEP_ALIVE)

    async def _something_to_send(self) -> bool:
        try:
            async with asyncio.timeout(_KEEP_ALIVE_S):
                return await self._to_send.wait()
        except TimeoutError:
            return False

    async def _receive(self, socket: Socket) -> None:
        """Until Deepgram has heard all after CloseStream: then it sends Metadata, and closes."""
        while (message := await socket.receive()) is not None:
            told = json_object(self._what, message)
            self._results.take(self._what, told)
            self._news.set()
            if self._closing and told.get("type") == "Metadata":
                return
        if not self._closing:
            raise CutError(f"{self._what}: closed in the middle of the turn")
