"""What Mercury adds to Parler, on a model of random weights: first audio beside the model's own time, leaving, deaths.

Parler's own streamer in this process against the engine and its worker process, in turns, with the same model, seed and
texts: their difference is the pipe, the protocol, the event loop, and what is asked between steps. Then the time from
leaving a speech in the middle until the worker is free, and until a killed worker speaks again.

By Parler's environment: .venv-parler/bin/python -m bench.parler
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from media.errors import EngineError
from media.tts.parler import INSTALL, Parler
from media.tts.parler_package import load_package
from media.tts.protocol import Speech
from tests.media.tts.tiny_parler import tiny_parler

TIMES, KILLED = 40, 3
SPEECH = Speech("आपका ऑर्डर तैयार है, और दस मिनट में आपके पास पहुँच जाएगा।", "hi")
SEED = 1
PLAY_STEPS = 43
_LOOK_S, _LOOKS = 0.0005, 400_000


class FirstError(Exception):
    """The first chunk is there."""


class Bare:
    """The package alone: its streamer, until its first chunk."""

    def __init__(self, package: Any, folder: Path) -> None:
        self._package = package
        package.torch.set_num_threads(1)
        self._model = package.parler.ParlerTTSForConditionalGeneration.from_pretrained(folder)
        self._tokens = package.transformers.AutoTokenizer.from_pretrained(folder)

    def first_audio_ms(self, text: str, description: str) -> float:
        began = time.perf_counter()
        said, described = (self._tokens(words, return_tensors="pt") for words in (text, description))
        streamer = self._package.parler.ParlerTTSStreamer(self._model, play_steps=PLAY_STEPS)

        def first(_audio: Any, stream_end: bool = False) -> None:
            raise FirstError(stream_end)

        streamer.on_finalized_audio = first
        self._package.torch.manual_seed(SEED)
        with suppress(FirstError):
            self._model.generate(
                input_ids=described.input_ids,
                attention_mask=described.attention_mask,
                prompt_input_ids=said.input_ids,
                prompt_attention_mask=said.attention_mask,
                streamer=streamer,
                max_new_tokens=1000,
                do_sample=True,
            )
        return (time.perf_counter() - began) * 1000


async def first_audio(engine: Parler, bare: Bare) -> None:
    described = json.loads(engine.fingerprint(SPEECH).partition(" ")[2])[1]
    through, alone = [], []
    for _ in range(TIMES):
        alone.append(await asyncio.to_thread(bare.first_audio_ms, SPEECH.text, described))
        began = time.perf_counter()
        async with aclosing(engine.speak(SPEECH)) as chunks:
            await anext(chunks)
            through.append((time.perf_counter() - began) * 1000)
        await until(lambda: engine.worker.idle)
    print(f"first audio, the package alone: {figures(alone)}")
    print(f"first audio, by the engine:     {figures(through)}")
    print(f"difference of the medians: {middle(through) - middle(alone):.1f} ms")


async def leaving(engine: Parler) -> None:
    chance, spent = random.Random(1), []  # noqa: S311 - no secret
    for _ in range(TIMES):
        chunks = engine.speak(SPEECH)
        await anext(chunks)
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        began = time.perf_counter()
        await chunks.aclose()
        await until(lambda: engine.worker.idle)
        spent.append((time.perf_counter() - began) * 1000)
    print(f"left in the middle → worker free: {figures(spent)}")


async def killed(engine: Parler) -> None:
    told, back = [], []
    for _ in range(KILLED):
        chunks = engine.speak(SPEECH)
        await anext(chunks)
        began = time.perf_counter()
        os.kill(engine.worker.pid or 0, signal.SIGKILL)
        try:
            async for _chunk in chunks:
                pass
        except EngineError:
            told.append((time.perf_counter() - began) * 1000)
        await until(lambda: engine.worker.alive)
        back.append((time.perf_counter() - began) * 1000)
    print(f"worker killed → the speech fails: {figures(told)}; → it is loaded and warm again: {figures(back)}")


async def until(there: Callable[[], bool]) -> None:
    for _ in range(_LOOKS):
        if there():
            return
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"not within {_LOOKS * _LOOK_S:g} s")


def middle(spent: list[float]) -> float:
    return sorted(spent)[len(spent) // 2]


def figures(spent: list[float]) -> str:
    spent = sorted(spent)
    return f"p50 {middle(spent):.1f} ms, p95 {spent[min(len(spent) - 1, int(len(spent) * 0.95))]:.1f} ({len(spent)})"


async def main(folder: Path) -> None:
    package = load_package()
    tiny_parler(folder, ends=-10.0)
    engine = Parler(model=str(folder), python=sys.executable, device="cpu", cpu_threads=1, seed=SEED, first_audio_s=60)
    await engine.start()
    await first_audio(engine, Bare(package, folder))
    await leaving(engine)
    await killed(engine)
    await engine.close()


if __name__ == "__main__":
    if not find_spec("parler_tts"):
        print(f"left out: {INSTALL}; then .venv-parler/bin/python -m bench.parler")
        sys.exit()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(Path(made)))
