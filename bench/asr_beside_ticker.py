"""How late a 20 ms ticker is while the embedded recogniser works: in its worker process, and in a thread.

python -m bench.asr_beside_ticker
"""

from __future__ import annotations

import asyncio
import time

import numpy as np

from media.asr.closed_list import ClosedLists, as_samples
from media.asr.pocketsphinx import PocketSphinx
from media.asr.protocol import Hint
from media.audio.pcm import FRAME_BYTES

HINT = Hint("en", ("track my order", "cancel the order", "talk to an agent"))
NOISE = (np.random.default_rng(1).normal(0, 3000, 8000 * 3)).astype("<i2").tobytes()
TURNS = 10


async def lateness(stop: asyncio.Event) -> list[float]:
    late = []
    while not stop.is_set():
        due = time.perf_counter() + 0.02
        await asyncio.sleep(0.02)
        late.append((time.perf_counter() - due) * 1000)
    return sorted(late)


async def in_process(engine: PocketSphinx) -> None:
    for _ in range(TURNS):
        stream = engine.open(HINT)
        for at in range(0, len(NOISE), FRAME_BYTES):
            stream.feed(NOISE[at : at + FRAME_BYTES])
        await stream.finish()


async def in_thread(lists: ClosedLists) -> None:
    for _ in range(TURNS):
        await asyncio.to_thread(lists.hear, as_samples(NOISE), HINT.phrases)


async def main() -> None:
    engine, lists = PocketSphinx(workers=1), ClosedLists()
    await engine.start()
    for name, work in (("worker process", in_process(engine)), ("thread", in_thread(lists))):
        stop = asyncio.Event()
        ticker = asyncio.create_task(lateness(stop))
        await work
        stop.set()
        late = await ticker
        print(f"{name}: p50 {late[len(late) // 2]:.1f} ms, p99 {late[int(len(late) * 0.99)]:.1f}, worst {late[-1]:.1f}")
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
