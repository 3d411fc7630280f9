"""What Mercury adds to llama.cpp, how soon leaving ends the work, what its cache of prompts saves, the beat beside it.

On models of random weights: a tiny one (1 layer, 32 wide), and one large enough to take time (8 layers, 512 wide).

python -m bench.llama
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.asr_beside_ticker import lateness
from bench.remote_voices import figures
from media.llm.llama import Llama
from media.llm.llama_model import INSTALL
from media.llm.protocol import Message, Request, Tool
from tests.media.llm.tiny_llama import tiny_llama

TURNS, LEFT = 60, 40
TOKENS = 40
NEVER_ENDS = {"<|im_end|>": 0.0, "<|endoftext|>": 0.0}
SHOPS = tuple(f"You are {name} of the shop. " * 40 for name in ("Asha", "Ravi", "Meena", "Omkar"))
CHOOSE = Tool("choose", "What is meant.", {"type": "object", "properties": {"intent": {"enum": ["person", "done"]}}})


class Timed:
    """llama.cpp's functions, and how long they took together."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._made: dict[str, Any] = {}
        self.taken_s = self.worked_s = 0.0

    def __getattr__(self, name: str) -> Any:
        if name not in self._made:
            value = getattr(self._api, name)
            self._made[name] = (
                self._timing(value) if name.startswith("llama_") and not isinstance(value, type) else value
            )
        return self._made[name]

    def _timing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            worked = time.thread_time()
            try:
                return call(*arguments)
            finally:
                self.taken_s += time.perf_counter() - started
                self.worked_s += time.thread_time() - worked

        return timed


def asked(text: str, persona: str = SHOPS[0], **more: Any) -> Request:
    return Request("en", (Message("system", persona), Message("user", text)), **more)


async def overhead(engine: Llama) -> None:
    """What llama.cpp did not take of a turn of 40 tokens whose persona was evaluated before: clock, and CPU."""
    work: Any = engine._work
    model = work._model
    timed = model.api = Timed(model.api)
    for tools, what in (((), "in words"), ((CHOOSE,), "that chooses")):
        for budget, until in ((1, "to its first token"), (TOKENS, "to its end"))[bool(tools) :]:
            spent, worked, written = [], [], engine.counters.written
            for number in range(TURNS):
                timed.taken_s = timed.worked_s = 0.0
                started, busy = time.perf_counter(), time.process_time()
                async for _ in engine.reply(asked(f"{number}", tools=tools, budget=budget, only_calls=bool(tools))):
                    pass
                spent.append(time.perf_counter() - started - timed.taken_s)
                worked.append(time.process_time() - busy - timed.worked_s)
            tokens = (engine.counters.written - written) / TURNS
            print(f"layer, a turn {what} {until} ({tokens:.0f}): {figures(spent)}; of the CPU: {figures(worked)}")


async def leaving(engine: Llama, what: str, prompt: str) -> None:
    """From leaving an answer until the thread is free: while the prompt is evaluated, and while it is written."""
    threads: Any = engine._threads
    chance = np.random.default_rng(1)
    for where, wait in (("its prompt is evaluated", False), ("it is written", True)):
        spent = []
        for number in range(LEFT):
            parts = engine.reply(asked(f"{number} {prompt}" if not wait else f"{number}", budget=1500))
            asking = asyncio.ensure_future(anext(parts))
            if wait:
                await asking
            await asyncio.sleep(float(chance.uniform(0.005, 0.03)))
            started = time.perf_counter()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await parts.aclose()
            await threads.run(lambda _: None, deadline_s=30)
            spent.append(time.perf_counter() - started)
        print(f"{what}, left while {where} → thread free: {figures(spent)}; worst {max(spent) * 1000:.1f} ms")


async def caching(path: Path) -> None:
    """Four calls of different personas, turn by turn: until the first token, and what of a prompt is evaluated."""
    for cache_mib in (0, 64):
        async with started(path, cache_mib=cache_mib) as engine:
            first, before = [], 0
            for round_ in range(5):
                for persona in SHOPS:
                    begun = time.perf_counter()
                    async with aclosing(engine.reply(asked(f"{round_}", persona, budget=8))) as parts:
                        await anext(parts)
                    if round_:
                        first.append(time.perf_counter() - begun)
                before = before or engine.counters.evaluated
            per_turn = (engine.counters.evaluated - before) / len(first)
            print(
                f"four calls by turns, cache of {cache_mib} MiB: {per_turn:.0f} tokens of a prompt evaluated, "
                f"first token {figures(first)}"
            )


async def beside_ticker(engine: Llama, prompt: str) -> None:
    for what, working in (("nothing", False), ("prompts and answers", True)):
        stop = asyncio.Event()
        ticker = asyncio.create_task(lateness(stop))
        ends = time.monotonic() + 8
        number = 0
        while time.monotonic() < ends:
            number += 1
            if working:
                async for _ in engine.reply(asked(f"{number} {prompt}", budget=100)):
                    pass
            else:
                await asyncio.sleep(0.1)
        stop.set()
        late = [ms / 1000 for ms in await ticker]
        print(f"20 ms ticker beside {what}: {figures(late)}, p99 {np.quantile(late, 0.99) * 1000:.1f} ms ({len(late)})")


@asynccontextmanager
async def started(path: Path, **options: Any) -> AsyncIterator[Llama]:
    patient = {"first_token_s": 60.0, "gap_s": 60.0, "deadline_s": 120.0, "n_threads": 1, "temperature": 0.0}
    engine = Llama(model=str(path), **{**patient, **options})
    await engine.start()
    yield engine
    await engine.close()


async def main(home: Path) -> None:
    tiny = tiny_llama(home / "tiny.gguf", likes=NEVER_ENDS)
    large = tiny_llama(home / "large.gguf", likes=NEVER_ENDS, size=512, layers=8, words=8000)
    prompt = "where is my food " * 90
    async with started(tiny) as engine:
        await overhead(engine)
    for path, what in ((tiny, "tiny"), (large, "large")):
        async with started(path) as engine:
            await leaving(engine, what, prompt)
    await caching(large)
    async with started(large) as engine:
        await beside_ticker(engine, prompt)


if __name__ == "__main__":
    if find_spec("llama_cpp") is None or find_spec("gguf") is None:
        print(f"left out: {INSTALL}")
        sys.exit()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(Path(made)))
