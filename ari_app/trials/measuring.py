"""One engine at real work, run after run: what a caller waits for, by kind of engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ari_app.engines.lessons import examples_of
from ari_app.trials.figures import (
    DECISION,
    FIRST_AUDIO,
    FIRST_SENTENCE,
    FIRST_TOKEN,
    JUDGED,
    RATE,
    RESULT,
    RTF,
    Measured,
)
from ari_app.trials.in_use import LANGUAGES
from ari_app.trials.material import INSTRUCTIONS, QUESTIONS, SENTENCES, Recording
from ivr_flows.book import FlowBook
from media.asr.protocol import Hint, Recogniser
from media.audio.pcm import FRAME_MS
from media.eot.protocol import EndOfTurn
from media.lid.protocol import LanguageIdentifier, Said
from media.llm.protocol import LanguageModel, Message, Request, Text, Tool
from media.tts.protocol import Speech, Synthesiser
from media.tts.sentences import SentenceCutter

_NAMES = {"en": "English", "hi": "Hindi", "mr": "Marathi"}
RUN_S = 60.0
"""Longest wait for one run."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is measured: how often, on which recordings, and whether at the pace of a call."""

    runs: int = 10
    folder: Path | None = None
    paced: bool = False
    """Frames come every 20 ms, so that an engine that works while the caller speaks may; else all at once."""


async def hearing(engine: Recogniser, begun: Measured, sounds: Sequence[Recording], manner: Manner) -> Measured | None:
    """Time from the end of speech to the result; of what was fed at once, also as a share of the speech's duration."""
    hints = (Hint(begun.language), Hint(begun.language, tuple(dict.fromkeys(sound.text for sound in sounds))))
    hint = next((hint for hint in hints if engine.can(hint)), None)
    if hint is None:
        return None
    times: list[float] = []
    factors: list[float] = []
    empty = 0
    for sound in islice(cycle(sounds), manner.runs):
        stream = engine.open(hint)
        try:
            await _feed(stream.feed, sound.frames, paced=manner.paced)
            began = time.perf_counter()
            async with asyncio.timeout(RUN_S):
                heard = await stream.finish()
        except BaseException:
            stream.cancel()
            raise
        times.append(_ms_since(began))
        factors.append(times[-1] / sound.audio.duration_ms)
        empty += not heard.text
    runs = {RESULT: times} if manner.paced else {RESULT: times, RTF: factors}
    what = "free speech" if not hint.phrases else f"a list of {len(hint.phrases)}"
    return replace(begun, runs=runs, empty=empty, on=f"{begun.on}, {what}")


async def _feed(feed: Callable[[bytes], None], frames: Sequence[bytes], *, paced: bool) -> None:
    began = time.monotonic()
    for number, frame in enumerate(frames):
        if paced:
            await asyncio.sleep(max(0.0, began + number * FRAME_MS / 1000 - time.monotonic()))
        feed(frame)


async def judging(engine: EndOfTurn, begun: Measured, sounds: Sequence[Recording], manner: Manner) -> Measured:
    """Time to judge whether the end of a recording is the end of a turn."""
    times = []
    for sound in islice(cycle(sounds), manner.runs):
        began = time.perf_counter()
        await engine.probability(sound.audio)
        times.append(_ms_since(began))
    return replace(begun, runs={JUDGED: times})


async def telling(
    engine: LanguageIdentifier, begun: Measured, sounds: Sequence[Recording], manner: Manner
) -> Measured | None:
    """Time to tell which of all languages a recording, or its text, is in; None where it can't tell these apart."""
    if not engine.tells(LANGUAGES):
        return None
    times, empty = [], 0
    for sound in islice(cycle(sounds), manner.runs):
        began = time.perf_counter()
        shares = await engine.identify(Said(sound.audio, LANGUAGES, "" if engine.hears else sound.text))
        times.append(_ms_since(began))
        empty += not shares
    return replace(begun, runs={JUDGED: times}, empty=empty)


async def speaking(engine: Synthesiser, begun: Measured, manner: Manner) -> Measured | None:
    """Time to the first audio, and to all of it as a share of its duration; None for a language it lacks."""
    if begun.language not in engine.languages:
        return None
    firsts, factors, empty = [], [], 0
    for text in islice(cycle(SENTENCES[begun.language]), manner.runs):
        began, first, spoken_ms = time.perf_counter(), 0.0, 0.0
        async with asyncio.timeout(RUN_S), aclosing(_closable(engine.speak(Speech(text, begun.language)))) as audio:
            async for chunk in audio:
                first = first or _ms_since(began)
                spoken_ms += chunk.duration_ms
        if not spoken_ms:
            empty += 1
            continue
        firsts.append(first)
        factors.append(_ms_since(began) / spoken_ms)
    return replace(begun, runs={FIRST_AUDIO: firsts, RTF: factors}, empty=empty, on="sentences of about 50 letters")


async def talking(engine: LanguageModel, begun: Measured, manner: Manner) -> Measured:
    """Of a mind that talks: time to the first token and sentence, and tokens a second after the first."""
    runs: dict[str, list[float]] = {FIRST_TOKEN: [], FIRST_SENTENCE: [], RATE: []}
    empty = 0
    instructions = Message("system", INSTRUCTIONS.format(language=_NAMES[begun.language]))
    for question in islice(cycle(QUESTIONS[begun.language]), manner.runs):
        request = Request(begun.language, (instructions, Message("user", question)))
        async with asyncio.timeout(RUN_S):
            figures = await _answered(engine, request)
        empty += not figures
        for name, value in figures.items():
            runs[name].append(value)
    return replace(begun, runs=runs, empty=empty, on="short questions, after instructions of a line")


async def _answered(engine: LanguageModel, request: Request) -> Mapping[str, float]:
    """Of one answer. A piece of text counts as a token: engines and servers send one a piece."""
    began, first, sentence, pieces = time.perf_counter(), 0.0, 0.0, 0
    cutter = SentenceCutter()
    async with aclosing(_closable(engine.reply(request))) as parts:
        async for part in parts:
            if isinstance(part, Text) and part.text:
                pieces += 1
                first = first or _ms_since(began)
                if cutter.feed(part.text):
                    sentence = sentence or _ms_since(began)
    took = _ms_since(began)
    if not pieces:
        return {}
    rate = {RATE: (pieces - 1) / (took - first) * 1000} if pieces > 1 and took > first else {}
    return {FIRST_TOKEN: first, FIRST_SENTENCE: sentence or took, **rate}


async def choosing(engine: LanguageModel, begun: Measured, book: FlowBook | None, manner: Manner) -> Measured:
    """Of a mind that only chooses: time to its decision on what the flows teach."""
    examples = examples_of(book) if book else {}
    said = [phrase for phrases in examples.values() for phrase in phrases[:1]]
    if not said:
        return replace(begun, error="the flows have no examples to decide on")
    tool = Tool("choose", "What was meant.", {"properties": {"intent": {"enum": list(examples)}}})
    times, empty = [], 0
    for phrase in islice(cycle(said), manner.runs):
        began = time.perf_counter()
        async with asyncio.timeout(RUN_S):
            found = [part async for part in engine.reply(Request(begun.language, (Message("user", phrase),), (tool,)))]
        times.append(_ms_since(began))
        empty += not found
    return replace(begun, runs={DECISION: times}, empty=empty, on=f"the flows' examples, {len(examples)} intents")


async def _closable(parts: AsyncIterator[Any]) -> AsyncGenerator[Any]:
    """With an `aclose` that closes what it goes through, whatever kind of iterator that is."""
    try:
        async for part in parts:
            yield part
    finally:
        if close := getattr(parts, "aclose", None):
            await close()


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
