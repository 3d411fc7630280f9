"""What Mercury adds to Kokoro, on a model of random weights: a sentence's way there and back, how soon leaving ends it.

Then, at the widths of the published model: how much faster than speech it is on this CPU, how soon leaving ends it, and
how late a 20 ms ticker is beside it, with the work in a thread and in a process, and beside the first loading of it.
Weights do not change how much there is to reckon.

python -m bench.kokoro
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import media.tts.kokoro
from bench.asr_beside_ticker import lateness
from media.tts.kokoro import Kokoro
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_model import INSTALL, KokoroModel, Manner
from media.tts.kokoro_text import pieces
from media.tts.kokoro_worker import KokoroWorker
from media.tts.protocol import Speech
from tests.media.tts.tiny_kokoro import TINY, TRUE, tiny_kokoro

SPOKEN, CANCELLED, BESIDE = 40, 40, 4
SPEECH = Speech("Your order number 4521 is ready. It comes in ten minutes.", "en")
SENTENCE = "Your order number four five two one is ready."
HEART = Manner("en", "af_heart")
Spent = tuple[float, float]
"""Milliseconds on the clock, and of the CPU."""


def now() -> Spent:
    return time.perf_counter() * 1000, time.process_time() * 1000


def after(before: Spent, more: Spent = (0.0, 0.0)) -> Spent:
    clock, cpu = now()
    return clock - before[0] + more[0], cpu - before[1] + more[1]


async def way(home: Path) -> list[Spent]:
    """Of a sentence from Mercury to its worker and back, by a stand-in that gives 400 ms of sound at once."""
    folder, usual = tiny_kokoro(home / "stand-in", sizes=TINY), media.tts.kokoro.WORKER
    media.tts.kokoro.WORKER = "tests.media.tts.kokoro_stand_in"
    engine = Kokoro(model=str(folder), device="cpu")
    media.tts.kokoro.WORKER = usual
    await engine.start()
    spent = []
    for _ in range(SPOKEN):
        before = now()
        async for _chunk in engine.speak(SPEECH):
            pass
        spent.append(after(before))
    await engine.close()
    return spent


def around(model: KokoroModel) -> list[Spent]:
    """Of a sentence in the worker, what its model does not take: preparing, phonemes, trimming, chunks."""
    job = json.dumps({"text": SENTENCE, **asdict(HEART)}).encode()
    samples = list(model.speak(SENTENCE, HEART, lambda: None))
    model._spoken = lambda *_arguments: samples[0]  # type: ignore[method-assign]
    worker, spent = KokoroWorker(model), []
    for number in range(SPOKEN):
        before = now()
        pieces(f"Your order number {4000 + number} is ready.", "en")
        worker(job, lambda _chunk: True)
        spent.append(after(before))
    return spent


async def first_audio(engine: Kokoro) -> list[Spent]:
    spent = []
    for _ in range(SPOKEN // 2):
        before = now()
        chunks = engine.speak(SPEECH)
        await anext(chunks)
        spent.append(after(before))
        await chunks.aclose()
    return spent


async def cancelling(engine: Kokoro, within_s: float) -> list[Spent]:
    """From leaving a speech at work to the worker being free."""
    chance = np.random.default_rng(1)
    spent: list[Spent] = []
    while len(spent) < CANCELLED:
        listening = asyncio.ensure_future(anext(engine.speak(SPEECH)))
        await asyncio.sleep(float(chance.uniform(0.01, within_s)))
        if engine.workers[0].idle:
            continue
        before = now()
        listening.cancel()
        for _ in range(20_000):
            if engine.workers[0].idle:
                break
            await asyncio.sleep(0.0005)
        spent.append(after(before))
        await asyncio.gather(listening, return_exceptions=True)
    return spent


def speak_for_a_while(model: KokoroModel) -> None:
    for _ in range(BESIDE):
        list(model.speak(SENTENCE, HEART, lambda: None))


def loaded(folder: Path) -> KokoroModel:
    return KokoroModel(KokoroFolder(folder), device="cpu", cpu_threads=1)


async def beside_ticker(what: str, work: Callable[[], object]) -> None:
    stop = asyncio.Event()
    ticker = asyncio.create_task(lateness(stop))
    await asyncio.to_thread(work)
    stop.set()
    print(f"ticker beside {what}: {figures(await ticker)}")


def in_process(what: str, folder: Path) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-m", "bench.kokoro", what, str(folder)], check=True)


def real_time(model: KokoroModel) -> None:
    factors = []
    for _ in range(BESIDE):
        before = now()
        said_ms = sum(len(part) for part in model.speak(SENTENCE, HEART, lambda: None)) / 24
        clock, cpu = after(before)
        factors.append((clock / said_ms, cpu / said_ms))
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
    told("two sentences to a worker and back", await way(home))
    async with held(tiny_kokoro(home / "tiny", sizes=TINY)) as engine:
        told("first audio of a sentence, tiny model", await first_audio(engine))
        told("left, worker free after, tiny model", await cancelling(engine, 0.5))
    true = tiny_kokoro(home / "true", sizes=TRUE)
    async with held(true) as engine:
        told("left, worker free after, true widths", await cancelling(engine, 3.0))
    await beside_ticker("nothing", lambda: time.sleep(4))
    await beside_ticker("loading and speaking in a process", lambda: in_process("speak", true))
    await asyncio.to_thread(in_process, "load", true)
    model = loaded(true)
    await beside_ticker("speaking in a thread", lambda: speak_for_a_while(model))
    real_time(model)
    told("around a sentence, in Mercury and the worker", around(model))


@asynccontextmanager
async def held(folder: Path) -> AsyncIterator[Kokoro]:
    engine = Kokoro(model=str(folder), device="cpu", cpu_threads=1, deadline_s=60)
    await engine.start()
    yield engine
    await engine.close()


if __name__ == "__main__":
    if absent := [package for package in ("kokoro", "torch") if find_spec(package) is None]:
        print(f"left out: {INSTALL.format(absent[0])}")
    elif sys.argv[1:2] == ["speak"]:
        speak_for_a_while(loaded(Path(sys.argv[2])))
    elif sys.argv[1:2] == ["load"]:
        asyncio.run(beside_ticker("the first loading in a thread", lambda: loaded(Path(sys.argv[2]))))
    else:
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(main(Path(made)))
