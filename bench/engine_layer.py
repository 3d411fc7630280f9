"""What the engine layer adds to a turn: `python -m bench.engine_layer [--turns N]`.

A turn of 5 s with three questions at pauses, its result, one request to a mind and one prompt, with engines that take
no time: asked themselves, and as links of chains whose first choice is left alone. The difference is the layer's.
Exits with 1 past its budget.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from media.asr.link import RecogniserLink
from media.asr.protocol import Hint, Recogniser, Recognition, RecognitionStream
from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE, Pcm
from media.chain import linked
from media.clock import MonotonicClock
from media.dialog.hearing import Hearing
from media.errors import EngineError
from media.health import EngineHealth
from media.llm.link import MindLink, available
from media.llm.protocol import LanguageModel, Message, Request, Text, ToolCall
from media.tts.link import SynthesiserLink
from media.tts.protocol import Speech, Synthesiser
from media.watch import Watch, Watched

_BUDGET_MS = 3.0
_FRAME = bytes(FRAME_BYTES)
_FRAMES, _PROBES = 250, 3
_SAID = Recognition("yes", 1.0, "quick", 0.0)
_HINT = Hint("en", ("yes", "no"))
_ASKED = Request("en", (Message("user", "yes"),))
_PROMPT = Speech("Thank you.", "en")


@dataclass(frozen=True, slots=True)
class Quick:
    """Every kind of engine at once, and no time at any."""

    name: str = "quick"
    languages: frozenset[str] = frozenset({"en"})
    talks: bool = True

    def can(self, _hint: Hint) -> bool:
        return True

    def open(self, _hint: Hint) -> RecognitionStream:
        return _QuickStream()

    def fingerprint(self, _speech: Speech) -> str:
        return self.name

    async def speak(self, _speech: Speech) -> AsyncIterator[Pcm]:
        yield Pcm(TELEPHONE_RATE, _FRAME)

    async def reply(self, _request: Request) -> AsyncIterator[Text | ToolCall]:
        yield Text("Thank you.")


class _QuickStream:
    def feed(self, frame: bytes) -> None:
        pass

    async def so_far(self) -> Recognition | None:
        return _SAID

    async def finish(self) -> Recognition:
        return _SAID

    def cancel(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Layer:
    """Who is asked in a turn."""

    ears: Sequence[Recogniser]
    voices: Sequence[Synthesiser]
    minds: Sequence[LanguageModel]

    async def turn(self) -> None:
        hearing = Hearing(self.ears, _broken)
        hearing.keep(15_000)
        hearing.open(_HINT)
        for number in range(_FRAMES):
            hearing.add(_FRAME)
            if number % (_FRAMES // _PROBES) == 0 and (probe := hearing.probe(float(number), 5.0)):
                await probe.task
        await hearing.recognise(hearing.close(0.0, 1.0, 1.0), 5.0)
        async for _ in available(self.minds, "en")[0].reply(_ASKED):
            pass
        for voice in self.voices:
            try:
                async for _ in voice.speak(_PROMPT):
                    pass
            except EngineError:
                continue
            break


def _broken(engine: str, error: Exception) -> None:
    raise EngineError(f"{engine}: {error}")


def _watched(name: str, *, resting: bool) -> Watched[Quick]:
    clock = MonotonicClock()
    health = EngineHealth(failures=1, open_s=3600.0)
    if resting:
        health.went_wrong(clock.now(), "away")
    return Watched(Quick(name), Watch(name, health, clock, patience_s=2.0))


def _chained() -> Layer:
    chain: dict[str, list[Watched[Any]]] = {
        "default": [_watched("away", resting=True), _watched("quick", resting=False)]
    }
    ears, voices, minds = linked(chain, RecogniserLink), linked(chain, SynthesiserLink), linked(chain, MindLink)
    return Layer(ears, voices, minds)


async def _took_ms(layer: Layer, turns: int) -> list[float]:
    took = []
    for _ in range(turns):
        start = time.perf_counter()
        await layer.turn()
        took.append((time.perf_counter() - start) * 1000)
    return took


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine_layer", description=__doc__)
    parser.add_argument("--turns", type=int, default=2000)
    turns = parser.parse_args().turns
    quick = [Quick()]
    bare = asyncio.run(_took_ms(Layer(quick, quick, quick), turns))
    chained = asyncio.run(_took_ms(_chained(), turns))
    added = [statistics.quantiles(chained, n=100)[at] - statistics.median(bare) for at in (49, 98)]
    print(f"a turn with bare engines: p50 {statistics.median(bare):.2f} ms")
    print(f"the layer adds: p50 {added[0]:.2f} ms, p99 {added[1]:.2f} ms (budget {_BUDGET_MS:g} ms at p50)")
    return int(added[0] > _BUDGET_MS)


if __name__ == "__main__":
    sys.exit(main())
