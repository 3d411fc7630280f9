"""Language models in this process, by llama.cpp (llama-cpp-python): any GGUF with a chat template.

One thread a model: llama.cpp works at one conversation at a time, and lets the interpreter run on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from media.errors import EngineBusyError, EngineError
from media.llm.chat_format import Dropped
from media.llm.llama_file import ModelFile
from media.llm.llama_model import Abort, ModelOptions, uses_gpu
from media.llm.llama_work import WRITING, Habits, LlamaWork
from media.llm.prefixes import Counters
from media.llm.protocol import Request, Text, ToolCall
from media.needs import Need
from media.workers.line import Rank
from media.workers.threads import Stop, StoppedError, Threads

_log = logging.getLogger(__name__)
Telling = Literal["auto", "template", "text"]


@dataclass(slots=True, eq=False)
class _Job:
    """One answer under way: its parts come from the thread, None after the last."""

    rank: Rank
    abort: Abort = field(default_factory=Abort)
    parts: asyncio.Queue[Text | ToolCall | Dropped | None] = field(default_factory=asyncio.Queue)
    displaced: bool = False


class Llama:
    """A mind that talks. One model, held; safe to share by all calls, which wait in a line.

    `model`: path of a GGUF. `n_gpu_layers`: layers on the GPU, -1 all. `n_ctx`: tokens of prompt and answer together.
    `n_batch`: tokens of a prompt that are evaluated at once. `n_threads` 0: half of the cores. `flash_attn`: where the
    device can. `tools`: offered by the model's template ("template"), by a text ("text"), or as suits it.
    `template_values`: variables of the template's own. `temperature` 0: always the likeliest. `seed` None: by chance.
    `confidence`: what a tool call counts for. `queue`: answers that may wait. Deadlines: of the whole answer, its first
    token, the next. `cache_mib`: for the beginnings of prompts. Raises `EngineUnavailableError` without the package
    or a readable model, `ValueError` for options that can't be.
    """

    talks = True

    def __init__(
        self,
        *,
        name: str = "llama-cpp",
        model: str,
        n_gpu_layers: int = -1,
        n_ctx: int = 4096,
        n_batch: int = 128,
        n_threads: int = 0,
        flash_attn: bool = True,
        tools: Telling = "auto",
        template_values: Mapping[str, object] | None = None,
        temperature: float = 0.3,
        seed: int | None = None,
        confidence: float = 0.8,
        queue: int = 16,
        deadline_s: float = 15.0,
        first_token_s: float = 3.0,
        gap_s: float = 2.0,
        cache_mib: int = 512,
    ) -> None:
        for option, value, least in (
            *(("n_gpu_layers", n_gpu_layers, -1), ("n_ctx", n_ctx, 256), ("n_batch", n_batch, 8)),
            *(("n_threads", n_threads, 0), ("queue", queue, 1), ("cache_mib", cache_mib, 0)),
            *(("deadline_s", deadline_s, 0.1), ("first_token_s", first_token_s, 0.1), ("gap_s", gap_s, 0.1)),
        ):
            if value < least:
                raise ValueError(f"{name}: {option} must be at least {least}, got {value}")
        for option, share, most in (("temperature", temperature, 2.0), ("confidence", confidence, 1.0)):
            if not 0 <= share <= most:
                raise ValueError(f"{name}: expected {option} to be 0 to {most:g}, got {share}")
        if tools not in get_args(Telling):
            raise ValueError(f"{name}: tools must be one of {', '.join(get_args(Telling))}, got {tools!r}")
        self.name = name
        self._gpu = uses_gpu(n_gpu_layers)
        options = ModelOptions(Path(model).expanduser(), n_gpu_layers, n_ctx, n_batch, n_threads, flash_attn)
        habits = Habits(temperature, seed, confidence, dict(template_values or {}), "" if tools == "auto" else tools)
        self._file = ModelFile(name, options, habits, cache_mib)
        self._deadline_s, self._first_token_s, self._gap_s = deadline_s, first_token_s, gap_s
        self._queue = queue
        self._work: LlamaWork | None = None
        self._threads: Threads | None = None
        self._running: _Job | None = None

    @property
    def need(self) -> Need:
        """What it takes of the machine, by `need_of`."""
        return self._file.need(gpu=self._gpu)

    @property
    def counters(self) -> Counters:
        """What it has done since it was started."""
        return self._work.counters if self._work else Counters()

    async def start(self) -> None:
        """Load the model, try its template, and answer once. Raises `EngineUnavailableError` with the remedy."""
        self._work = await asyncio.to_thread(self._file.load)
        self._threads = Threads(self.name, queue=self._queue)

    async def close(self) -> None:
        """Stop the work, free the model. Idempotent."""
        threads, self._threads = self._threads, None
        if self._running:
            self._running.abort.set()
        if threads:
            await threads.close()
        work, self._work = self._work, None
        if work:
            await asyncio.to_thread(work.close)

    async def reply(self, request: Request) -> AsyncGenerator[Text | ToolCall, None]:
        """Text as it is written, a call when it is whole. Raises `EngineError`; closing it stops the work.

        A caller who waits has the thread at once where it works ahead for another.
        """
        if self._threads is None:
            raise EngineError(f"{self.name} is not started")
        job = _Job(request.rank)
        self._make_way(request.rank)
        working = asyncio.ensure_future(self._worked(self._threads, request, job))
        begun = False
        try:
            while (part := await self._next(job, begun=begun)) is not None:
                begun = True
                if isinstance(part, Dropped):
                    _log.warning("%s: left out %s", self.name, part.reason)
                elif part is not WRITING:
                    yield part
            await working
        finally:
            job.abort.set()
            working.cancel()
            await asyncio.wait((working,))
            if not working.cancelled():
                working.exception()

    async def _worked(self, threads: Threads, request: Request, job: _Job) -> None:
        loop = asyncio.get_running_loop()

        def tell(part: Text | ToolCall | Dropped) -> None:
            loop.call_soon_threadsafe(job.parts.put_nowait, part)

        def work(stop: Stop) -> None:
            stop.check()
            self._running = job
            try:
                self._loaded().reply(request, tell, job.abort)
            except StoppedError:
                if job.displaced:
                    raise EngineBusyError(f"{self.name}: gave its place to a caller who waits in silence") from None
                raise
            except EngineError as error:
                raise type(error)(f"{self.name}: {error}") from error
            finally:
                self._running = None

        try:
            await threads.run(work, rank=request.rank, deadline_s=self._deadline_s)
        finally:
            job.parts.put_nowait(None)

    async def _next(self, job: _Job, *, begun: bool) -> Text | ToolCall | Dropped | None:
        limit_s = self._gap_s if begun else self._first_token_s
        try:
            async with asyncio.timeout(limit_s):
                return await job.parts.get()
        except TimeoutError as error:
            which = "nothing more" if begun else "no first token"
            raise EngineBusyError(f"{self.name}: {which} within {limit_s:g} s") from error

    def _make_way(self, rank: Rank) -> None:
        """Stop what is done ahead of its time, where somebody waits."""
        running = self._running
        if running and running.rank is Rank.AHEAD and rank < running.rank:
            running.displaced = True
            running.abort.set()

    def _loaded(self) -> LlamaWork:
        if self._work is None:
            raise EngineError("it is not started")
        return self._work
