"""Engines with models of true size and random weights, held together: memory, load, first token and audio, a turn.

Qwen2.5-7B (Q4_K_M), Whisper large-v3-turbo and Kokoro-82M by Mercury's own engines. What such models say means nothing,
so a text of Whisper's is as long as its model happens to write; for the turn, the mind is asked the same in any case.

python -m bench.true_sizes [--device cpu|cuda] [--scale 1.0] [--folder DIR] [--threads N] [--persona TOKENS]
                           [--only qwen whisper kokoro]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.true_models import QwenShape, qwen, whisper_turbo
from media.asr.protocol import Hint
from media.asr.whisper import FasterWhisper
from media.llm.llama import Llama
from media.llm.protocol import Message, Request
from media.needs import Need
from media.tts.kokoro import Kokoro
from media.tts.protocol import Speech
from tests.media.asr.voice import voiced
from tests.media.tts.tiny_kokoro import TINY, TRUE, tiny_kokoro

ENGINES = ("qwen", "whisper", "kokoro")
PATIENCE_S = 3600.0
PERSONA = "You are Asha of the shop. " * 200
"""This tokenizer has a token for a letter."""
QUESTION = "Where is my food, please?"
SENTENCE_TOKENS = 20
SPEECH = Speech("Your order is on its way.", "en")
_MIB = 1 << 20


@dataclass(slots=True)
class Measured:
    """Milliseconds of each stage, turn by turn; the first turn of each is left out."""

    stages: dict[str, list[float]] = field(default_factory=dict)

    def took(self, stage: str, started: float) -> float:
        """Note how long it took since `started`; now."""
        now = time.perf_counter()
        self.stages.setdefault(stage, []).append((now - started) * 1000)
        return now

    def told(self) -> None:
        """Print the medians and the worst."""
        for stage, times in self.stages.items():
            print(f"  {stage:<46} median {np.median(times):>9.0f} ms, worst {max(times):>9.0f} ms ({len(times)})")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how."""

    device: str
    scale: float
    threads: int
    turns: int
    persona: str
    names: Sequence[str]

    def engine(self, name: str, home: Path) -> Any:
        """The engine of a model that was made."""
        if name == "qwen":
            return self._qwen(home / "qwen.gguf")
        if name == "whisper":
            return self._whisper(home / "whisper")
        return Kokoro(model=str(home / "kokoro"), device=self.device, cpu_threads=self.threads, deadline_s=PATIENCE_S)

    def _qwen(self, path: Path) -> Llama:
        return Llama(
            model=str(path),
            n_gpu_layers=-1 if self.device == "cuda" else 0,
            n_threads=self.threads,
            temperature=0.0,
            first_token_s=PATIENCE_S,
            gap_s=PATIENCE_S,
            deadline_s=PATIENCE_S,
        )

    def _whisper(self, folder: Path) -> FasterWhisper:
        return FasterWhisper(
            model=str(folder),
            device=self.device,
            cpu_threads=self.threads,
            deadline_s=PATIENCE_S,
            logprob_limit=-99.0,
            least_logprob=-99.0,
        )


async def main(plan: Plan, home: Path) -> None:
    """Load one after the other, then measure each alone, and all as a turn."""
    async with AsyncExitStack() as stack:
        engines = {}
        for name in plan.names:
            started = time.perf_counter()
            await asyncio.to_thread(made_apart, name, home, plan.scale)
            print(
                f"{name}: {files_mib(home, name):.0f} MiB of files, made in {time.perf_counter() - started:.0f} s",
                flush=True,
            )
            engines[name] = await stack.enter_async_context(loaded(name, plan, home))
        measured = Measured()
        for turn in range(plan.turns + 1):
            await a_turn(engines, measured if turn else Measured(), f"{turn} {QUESTION}", plan.persona)
        print(f"a turn, {plan.turns} times, one after the other:")
        measured.told()
        if mind := engines.get("qwen"):
            await new_prompt(mind, plan.persona[::-1])
            print(f"  qwen's prompts: {mind.counters}")


@asynccontextmanager
async def loaded(name: str, plan: Plan, home: Path) -> AsyncIterator[Any]:
    """Start it; what it and its packages took of memory beside what it said that it needs."""
    before, started = taken(), time.perf_counter()
    engine = plan.engine(name, home)
    await engine.start()
    took_s, now = time.perf_counter() - started, taken()
    grown = Need(max(0, now.ram_mib - before.ram_mib), max(0, now.vram_mib - before.vram_mib))
    print(
        f"{name}: loaded and warm in {took_s:.1f} s; took {grown}; declared {getattr(engine, 'need', '?')}", flush=True
    )
    yield engine
    await engine.close()


async def a_turn(engines: dict[str, Any], measured: Measured, question: str, persona: str) -> None:
    """3 s of speech heard, a first sentence thought, its first audio: as a call has it, one after the other."""
    started = begun = time.perf_counter()
    if ear := engines.get("whisper"):
        stream = ear.open(Hint("en"))
        for frame in voiced(3000):
            stream.feed(frame)
        await stream.finish()
        begun = measured.took("whisper: 3 s of speech → text", begun)
    if mind := engines.get("qwen"):
        asked_for = (Message("system", persona), Message("user", question))
        request = Request("en", asked_for, budget=SENTENCE_TOKENS)
        asked, first, count = begun, 0.0, mind.counters.written
        async for _ in mind.reply(request):
            first = first or measured.took("qwen: first token, persona evaluated before", asked)
        begun = measured.took(f"qwen: a sentence of {SENTENCE_TOKENS} tokens", asked)
        count = mind.counters.written - count
        if count > 1:
            measured.stages.setdefault("qwen: a token", []).append((begun - first) * 1000 / (count - 1))
    if voice := engines.get("kokoro"):
        async with aclosing(voice.speak(SPEECH)) as audio:
            await anext(audio)
        measured.took("kokoro: first audio of a sentence", begun)
    measured.took("whole: end of speech → first audio", started)


def made_apart(name: str, home: Path, scale: float) -> None:
    """Make the model in a process of its own: what that takes of memory is not the engine's."""
    worker = multiprocessing.get_context("spawn").Process(target=make, args=(name, home, scale))
    worker.start()
    worker.join()


def make(name: str, home: Path, scale: float) -> None:
    """Make the model where it is not there yet."""
    if name == "qwen" and not (home / "qwen.gguf").exists():
        qwen(home / "qwen.gguf", QwenShape().scaled(scale))
    if name == "whisper" and not (home / "whisper").exists():
        whisper_turbo(home / "whisper", scale)
    if name == "kokoro" and not (home / "kokoro").exists():
        tiny_kokoro(home / "kokoro", sizes=TRUE if scale == 1 else TINY)


def files_mib(home: Path, name: str) -> float:
    """What a model takes of the disk."""
    files = [*home.glob(f"{name}.*"), *home.glob(f"{name}/**/*")]
    return sum(file.stat().st_size for file in files if file.is_file()) / _MIB


async def new_prompt(mind: Llama, persona: str) -> None:
    """A persona that was never evaluated: how fast prompts are."""
    before, started, worked = mind.counters.evaluated, time.perf_counter(), time.process_time()
    request = Request("en", (Message("system", persona), Message("user", QUESTION)), budget=1)
    async for _ in mind.reply(request):
        pass
    took_s, tokens = time.perf_counter() - started, mind.counters.evaluated - before
    worked_s = time.process_time() - worked
    print(
        f"  qwen: a new prompt of {tokens} tokens in {took_s:.1f} s: {took_s * 1000 / tokens:.1f} ms a token, "
        f"{worked_s * 1000 / tokens:.1f} of the CPU"
    )


def taken() -> Need:
    """What this process and its workers have of RAM (mapped files count), and all processes of the GPU."""
    pages = sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in _processes(os.getpid()))
    return Need(pages * os.sysconf("SC_PAGE_SIZE") // _MIB, _vram_mib())


def _processes(number: int) -> Iterator[int]:
    yield number
    for thread in Path(f"/proc/{number}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from _processes(int(child))


def _vram_mib() -> int:
    command = ("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
    try:
        told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(int(line) for line in told.splitlines() if line.strip().isdigit())


def plan_of(options: argparse.Namespace) -> Plan:
    """The command line's."""
    return Plan(options.device, options.scale, options.threads, options.turns, PERSONA[: options.persona], options.only)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.true_sizes", description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--scale", type=float, default=1.0, help="of layers and widths")
    parser.add_argument("--folder", type=Path, help="where models are kept; made where they are not there (7 GB)")
    parser.add_argument(
        "--threads", type=int, default=max(1, (os.cpu_count() or 2) // 2), help="of each engine, on a CPU"
    )
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--persona", type=int, default=600, help="tokens of what the mind is told in any case")
    parser.add_argument("--only", nargs="+", choices=ENGINES, default=ENGINES)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        (chosen.folder or Path(made)).mkdir(parents=True, exist_ok=True)
        asyncio.run(main(plan_of(chosen), chosen.folder or Path(made)))
