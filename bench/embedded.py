"""The embedded engines against the clock: `python -m bench.embedded`.

espeak-ng from a text to its first audio, in three languages; pocketsphinx from the end of a turn to what was heard, of
a list of ten; and for both, from the moment that nobody wants the work until the worker is idle again.
The speech is espeak-ng's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import numpy as np

from media.asr.pocketsphinx import ClosedListStream, PocketSphinx
from media.asr.protocol import Hint
from media.audio.pcm import FRAME_BYTES, Pcm
from media.audio.resample import to_telephone
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.workers.pool import WorkerPool

TIMES = 100
TEXTS = {
    "en": "You have a new order of two plates of samosa and one tea. Press one to accept it, or two to turn it down.",
    "hi": "आपके लिए एक नया ऑर्डर है। स्वीकार करने के लिए एक दबाइए, मना करने के लिए दो दबाइए।",
    "mr": "तुमच्यासाठी एक नवीन ऑर्डर आहे. स्वीकारण्यासाठी एक दाबा, नाकारण्यासाठी दोन दाबा.",
}
LIST = Hint(
    "en",
    (
        *("track my order", "cancel the order", "talk to an agent", "repeat that", "yes", "no"),
        *("change the address", "where is my refund", "thirty minutes", "out of stock"),
    ),
)
_DEADLINE_S, _LOOK_S = 5.0, 0.0005


async def main() -> None:
    voice, ears = Espeak(), PocketSphinx(workers=1)
    await asyncio.gather(voice.start(), ears.start())
    for language, text in TEXTS.items():
        await measured(f"espeak-ng, {language}: first audio", partial(first_audio, voice, Speech(text, language)))
    await measured("espeak-ng: not wanted after its first audio -> idle", partial(voice_left, voice))
    said = await spoken(voice, "track my order")
    longest = (await spoken(voice, TEXTS["en"]))[: int(5.5 / 0.02)]
    await measured("pocketsphinx: end of a turn of 1.5 s -> heard", partial(heard, ears, said))
    await measured("pocketsphinx: the same of 5.5 s, the longest", partial(heard, ears, longest))
    for wait_s in (0.005, 0.05, 0.08):
        name = f"pocketsphinx: not wanted {wait_s * 1000:.0f} ms after the end of 5.5 s -> idle"
        await measured(name, partial(ears_left, ears, longest, wait_s))
    await asyncio.gather(voice.close(), ears.close())


async def measured(name: str, once: Callable[[], Awaitable[float]]) -> None:
    await once()
    took_ms = [await once() * 1000 for _ in range(TIMES)]
    p50, p95 = np.quantile(took_ms, (0.5, 0.95))
    print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f}, worst {max(took_ms):.1f}")


async def first_audio(engine: Espeak, speech: Speech) -> float:
    start = time.perf_counter()
    chunks = engine.speak(speech)
    await anext(chunks)
    took_s = time.perf_counter() - start
    await _left(chunks)
    await idle(engine._pool)
    return took_s


async def voice_left(engine: Espeak) -> float:
    chunks = engine.speak(Speech(TEXTS["en"] * 8, "en"))
    await anext(chunks)
    await _left(chunks)
    return await idle(engine._pool)


async def _left(chunks: AsyncIterator[Pcm]) -> None:
    close = getattr(chunks, "aclose", None)
    if close:
        await close()


async def idle(pool: WorkerPool) -> float:
    """Seconds until all workers are idle."""
    start = time.perf_counter()
    for _ in range(int(_DEADLINE_S / _LOOK_S)):
        if all(worker.idle for worker in pool.workers):
            return time.perf_counter() - start
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"a worker was not idle after {_DEADLINE_S:g} s")


async def spoken(engine: Espeak, text: str) -> list[bytes]:
    audio = b"".join([chunk.samples async for chunk in engine.speak(Speech(text, "en"))])
    samples = to_telephone(Pcm(22_050, audio)).samples
    return [samples[at : at + FRAME_BYTES] for at in range(0, len(samples) - FRAME_BYTES, FRAME_BYTES)]


def fed(engine: PocketSphinx, frames: list[bytes]) -> ClosedListStream:
    stream = engine.open(LIST)
    for frame in frames:
        stream.feed(frame)
    return stream


async def heard(engine: PocketSphinx, frames: list[bytes]) -> float:
    stream = fed(engine, frames)
    start = time.perf_counter()
    await stream.finish()
    return time.perf_counter() - start


async def ears_left(engine: PocketSphinx, frames: list[bytes], wait_s: float) -> float:
    """As a barge-in or a hang-up ends it: the work has begun."""
    stream = fed(engine, frames)
    work = asyncio.create_task(stream.finish())
    await asyncio.sleep(wait_s)
    stream.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return await idle(engine._pool)


if __name__ == "__main__":
    asyncio.run(main())
