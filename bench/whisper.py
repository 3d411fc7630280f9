"""What Mercury adds to Whisper, on a model of random weights: time of a turn, how soon cancelling ends the work.

Each on the clock, and in time of the CPU, which other work on the machine lengthens less. And how late a 20 ms ticker
is meanwhile, with the work in a thread and in another process.

python -m bench.whisper
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.asr_beside_ticker import lateness
from media.asr.protocol import Hint
from media.asr.whisper import FasterWhisper
from media.asr.whisper_guards import Limits
from media.asr.whisper_model import INSTALL, ModelOptions, WhisperModel
from media.asr.whisper_work import Passage
from media.workers.threads import Stop
from tests.media.asr.tiny_whisper import tiny_whisper
from tests.media.asr.voice import voiced

TURNS, CANCELLED, DECODED = 40, 80, 4
FRAMES = voiced(3000)
HINT = Hint("hi", ("track my order", "cancel the order"), ("en", "hi", "mr"), ("kurta",))


class Timed:
    """Calls into faster-whisper and ctranslate2, and how long they took together."""

    def __init__(self, held: Any, clock: Timed | None = None) -> None:
        self._held = held
        self._clock = clock or self
        self.taken_s = self.worked_s = 0.0
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._held, name)
        if name == "model":
            return Timed(value, self._clock)
        timed = ("encode", "generate", "detect_language", "feature_extractor")
        return self._clock.timing(name, value) if name in timed else value

    def timing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            started, worked = time.perf_counter(), time.process_time()
            try:
                return call(*arguments, **options)
            finally:
                self.taken_s += time.perf_counter() - started
                self.worked_s += time.process_time() - worked
                self.calls.append("")

        return timed


async def overhead(engine: FasterWhisper, timed: Timed) -> tuple[list[float], list[float]]:
    """Milliseconds of a turn that neither faster-whisper's features nor ctranslate2 took: on the clock, of the CPU."""
    spent, worked = [], []
    for _ in range(TURNS):
        timed.taken_s = timed.worked_s = 0.0
        started, busy = time.perf_counter(), time.process_time()
        stream = engine.open(HINT)
        for frame in FRAMES:
            stream.feed(frame)
        await stream.finish()
        spent.append((time.perf_counter() - started - timed.taken_s) * 1000)
        worked.append((time.process_time() - busy - timed.worked_s) * 1000)
    return sorted(spent), sorted(worked)


async def cancelling(engine: FasterWhisper, threads: Any, timed: Timed) -> dict[str, list[tuple[float, float]]]:
    """By what was going on, milliseconds from cancelling a turn to the thread being free: on the clock, of the CPU."""
    chance = np.random.default_rng(1)
    spent: dict[str, list[tuple[float, float]]] = {}
    for _ in range(CANCELLED):
        stream = engine.open(HINT)
        for frame in FRAMES:
            stream.feed(frame)
        turn = asyncio.ensure_future(stream.finish())
        await asyncio.sleep(float(chance.uniform(0.01, 0.3)))
        at, started, busy = timed.calls[-1], time.perf_counter(), time.process_time()
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        await threads.run(lambda _: None, deadline_s=10)
        took = time.perf_counter() - started, time.process_time() - busy
        spent.setdefault(at or "between", []).append((took[0] * 1000, took[1] * 1000))
    return spent


def decode_for_a_while(folder: str) -> None:
    model = WhisperModel(ModelOptions(folder, device="cpu", cpu_threads=1), Limits())
    for _ in range(DECODED):
        model.decode(Passage(b"".join(FRAMES), ("hi",)), Stop())


async def beside_ticker(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=decode_for_a_while, args=(str(folder),))
    for name, work in (("thread", lambda: decode_for_a_while(str(folder))), ("process", lambda: run(worker))):
        stop = asyncio.Event()
        ticker = asyncio.create_task(lateness(stop))
        await asyncio.to_thread(work)
        stop.set()
        print(f"ticker beside a {name}: {figures(await ticker)}")


def run(worker: Any) -> None:
    worker.start()
    worker.join()


def figures(times: list[float]) -> str:
    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))]

    return f"p50 {at(0.5):.1f} ms, p95 {at(0.95):.1f}, p99 {at(0.99):.1f}, worst {times[-1]:.1f} ({len(times)})"


async def main(home: Path) -> None:
    async with held(tiny_whisper(home / "tiny")) as (engine, timed):
        spent, worked = await overhead(engine, timed)
    print(f"engine layer, a turn of 3 s: {figures(spent)}; of the CPU: {figures(worked)}")
    async with held(tiny_whisper(home / "endless", ends=-60.0)) as (engine, timed):
        for at, times in (await cancelling(engine, engine._threads, timed)).items():
            spent, worked = (sorted(column) for column in zip(*times, strict=True))
            print(f"cancelled in {at}, thread free after: {figures(spent)}; of the CPU: {figures(worked)}")
    await beside_ticker(tiny_whisper(home / "base", layers=6, size=512, heads=8))


@asynccontextmanager
async def held(folder: Path) -> AsyncIterator[tuple[FasterWhisper, Timed]]:
    engine = FasterWhisper(model=str(folder), device="cpu", cpu_threads=1)
    await engine.start()
    model: Any = engine._model
    timed = model._model = Timed(model._model)
    timed.calls.append("")
    yield engine, timed
    await engine.close()


if __name__ == "__main__":
    if find_spec("faster_whisper") is None:
        print(f"left out: {INSTALL}")
        sys.exit()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(Path(made)))
