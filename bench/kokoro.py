"""What Mercury adds to Kokoro, on a model of random weights: first audio, a sentence, how soon cancelling ends it.

Each on the clock, and in time of the CPU, which other work on the machine lengthens less. Then, at the widths of the
published model: how much faster than speech it is on this CPU, how soon cancelling ends it, and how late a 20 ms ticker
is beside it, with the work in a thread and in another process. Weights do not change how much there is to reckon.

python -m bench.kokoro
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.asr_beside_ticker import lateness
from media.tts.kokoro import Kokoro
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_model import INSTALL, KokoroModel, Manner
from media.tts.protocol import Speech
from media.workers.threads import Stop
from tests.media.tts.tiny_kokoro import TINY, TRUE, tiny_kokoro

SPOKEN, CANCELLED, BESIDE = 20, 40, 4
SPEECH = Speech("Your order number 4521 is ready. It comes in ten minutes.", "en")
SENTENCE = "Your order number four five two one is ready."
Spent = tuple[float, float]
"""Milliseconds on the clock, and of the CPU."""


class Timed:
    """The package's pipeline, and how long it took."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self.taken = (0.0, 0.0)

    def generate_from_tokens(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        before = now()
        made = list(self._pipeline.generate_from_tokens(*arguments, **options))
        self.taken = after(before, self.taken)
        return iter(made)


def now() -> Spent:
    return time.perf_counter() * 1000, time.process_time() * 1000


def after(before: Spent, more: Spent = (0.0, 0.0)) -> Spent:
    clock, cpu = now()
    return clock - before[0] + more[0], cpu - before[1] + more[1]


async def overhead(engine: Kokoro, timed: Timed) -> list[Spent]:
    """Of a sentence to its last audio, what the package did not take."""
    spent = []
    for _ in range(SPOKEN):
        timed.taken = (0.0, 0.0)
        before = now()
        async for _chunk in engine.speak(Speech(SENTENCE, "en")):
            pass
        clock, cpu = after(before)
        spent.append((clock - timed.taken[0], cpu - timed.taken[1]))
    return spent


async def first_audio(engine: Kokoro) -> tuple[list[Spent], list[Spent]]:
    """Of two sentences: to the first audio, and to the last."""
    first, whole = [], []
    for _ in range(SPOKEN):
        before = now()
        async with aclosing(engine.speak(SPEECH)) as chunks:
            await anext(chunks)
            first.append(after(before))
            async for _chunk in chunks:
                pass
        whole.append(after(before))
    return first, whole


async def cancelling(engine: Kokoro, within_s: float) -> list[Spent]:
    """From leaving a speech at work to the thread being free."""
    chance, threads = np.random.default_rng(1), engine._started()[1]
    spent = []
    for _ in range(CANCELLED):
        listening = asyncio.ensure_future(anext(engine.speak(SPEECH)))
        await asyncio.sleep(float(chance.uniform(0.005, within_s)))
        before = now()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await threads.run(lambda _: None, deadline_s=60)
        spent.append(after(before))
    return spent


def speak_for_a_while(folder: str) -> None:
    model = KokoroModel(KokoroFolder(Path(folder)), device="cpu", cpu_threads=1)
    for _ in range(BESIDE):
        model.speak(SENTENCE, Manner("en", "af_heart"), Stop())


async def beside_ticker(folder: Path) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=speak_for_a_while, args=(str(folder),))
    model = KokoroModel(KokoroFolder(folder), device="cpu", cpu_threads=1)

    def in_thread() -> None:
        for _ in range(BESIDE):
            model.speak(SENTENCE, Manner("en", "af_heart"), Stop())

    for name, work in (("nothing", lambda: time.sleep(4)), ("a thread", in_thread), ("a process", lambda: run(worker))):
        stop = asyncio.Event()
        ticker = asyncio.create_task(lateness(stop))
        await asyncio.to_thread(work)
        stop.set()
        print(f"ticker beside {name}: {figures(await ticker)}")


def run(worker: Any) -> None:
    worker.start()
    worker.join()


def real_time(folder: Path) -> None:
    model = KokoroModel(KokoroFolder(folder), device="cpu", cpu_threads=1)
    factors = []
    for _ in range(BESIDE):
        before = now()
        said = sum(len(part) for part in model.speak(SENTENCE, Manner("en", "af_heart"), Stop())) / 24
        clock, cpu = after(before)
        factors.append((clock / said, cpu / said))
    clock, cpu = np.median(factors, axis=0)
    print(f"time of a second of speech, one thread: {clock:.2f} s, of the CPU {cpu:.2f} s")


def figures(times: list[float]) -> str:
    times = sorted(times)

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))]

    return f"p50 {at(0.5):.1f} ms, p95 {at(0.95):.1f}, p99 {at(0.99):.1f}, worst {times[-1]:.1f} ({len(times)})"


def told(what: str, spent: list[Spent]) -> None:
    clock, cpu = ([one[at] for one in spent] for at in (0, 1))
    print(f"{what}: {figures(clock)}; of the CPU: {figures(cpu)}")


async def main(home: Path) -> None:
    async with held(tiny_kokoro(home / "tiny", sizes=TINY)) as engine:
        first, whole = await first_audio(engine)
        told("two sentences, first audio, tiny model", first)
        told("two sentences, last audio, tiny model", whole)
        told("cancelled, thread free after, tiny model", await cancelling(engine, 0.5))
        model: Any = engine._model
        timed = model._pipeline = Timed(model._pipeline)
        told("engine layer, a sentence", await overhead(engine, timed))
    true = tiny_kokoro(home / "true", sizes=TRUE)
    real_time(true)
    async with held(true) as engine:
        told("cancelled, thread free after, true widths", await cancelling(engine, 3.0))
    await beside_ticker(true)


@asynccontextmanager
async def held(folder: Path) -> AsyncIterator[Kokoro]:
    engine = Kokoro(model=str(folder), device="cpu", cpu_threads=1, deadline_s=60)
    await engine.start()
    yield engine
    await engine.close()


if __name__ == "__main__":
    if absent := [package for package in ("kokoro", "torch") if find_spec(package) is None]:
        print(f"left out: {INSTALL.format(absent[0])}")
        sys.exit()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(Path(made)))
