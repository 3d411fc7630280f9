"""parler-tts's real code in a real worker process, on models of random weights: their sound means nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from media.errors import EngineError
from media.tts import parler_utterance
from media.tts.parler import Parler
from media.tts.parler_options import WorkerOptions
from media.tts.parler_package import load_package
from media.tts.parler_worker import ParlerModel
from media.tts.protocol import Speech

pytestmark = [
    pytest.mark.skipif(find_spec("parler_tts") is None, reason="parler-tts is not installed: make test-engines"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(400),
]
LONG = "यह एक लंबा वाक्य है, जो बहुत देर तक चलता रहता है और जिसे बीच में रोका जाता है।"
SAID = {"en": "You have a new order.", "hi": "नया ऑर्डर आया है।", "mr": "नवीन ऑर्डर आली आहे."}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that ends (`ending`) and one that does not (`endless`); made by a process of its own."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([sys.executable, "-m", "tests.media.tts.tiny_parler", str(folder)], check=True, capture_output=True)
    return folder


def made(folder: Path, **options: Any) -> Parler:
    return Parler(model=str(folder), python=sys.executable, device="cpu", cpu_threads=1, **options)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ending(models: Path) -> AsyncIterator[Parler]:
    parler = made(models / "ending", first_audio_s=20, gap_s=20, seed=7)
    await parler.start()
    yield parler
    await parler.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endless(models: Path) -> AsyncIterator[Parler]:
    parler = made(models / "endless", first_audio_s=20, gap_s=20)
    await parler.start()
    yield parler
    await parler.close()


async def said(parler: Parler, speech: Speech) -> bytes:
    return b"".join([chunk.samples async for chunk in parler.speak(speech)])


async def until(there: Callable[[], bool], within_s: float) -> None:
    for _ in range(round(within_s * 100)):
        if there():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {within_s:g} s")


async def test_each_language_is_spoken_by_its_voice_and_by_another_in_words(ending: Parler) -> None:
    for language, text in SAID.items():
        assert len(await said(ending, Speech(text, language))) > 2000
    assert len(await said(ending, Speech(SAID["hi"], "hi", voice="A man's voice, deep and slow", speed=0.8))) > 2000


async def test_the_first_chunk_comes_before_the_end(endless: Parler) -> None:
    chunks = endless.speak(Speech(LONG, "hi"))
    first = await anext(chunks)
    assert 200 < first.duration_ms < 600
    assert not endless.worker.idle
    assert (await anext(chunks)).rate == 44_100
    await chunks.aclose()


async def test_leaving_in_the_middle_frees_the_worker_within_a_step(endless: Parler) -> None:
    before = endless.worker.pid
    for _ in range(3):
        chunks = endless.speak(Speech(LONG, "hi"))
        await anext(chunks)
        await chunks.aclose()
        await until(lambda: endless.worker.idle, 3)
    assert endless.worker.pid == before


async def test_a_speech_without_end_is_an_error_at_last(endless: Parler) -> None:
    with pytest.raises(EngineError, match=r"indic-parler: the speech came to no end within 3\.8 s"):
        await said(endless, Speech("हां।", "hi"))


async def test_a_worker_that_is_killed_comes_back(endless: Parler) -> None:
    chunks = endless.speak(Speech(LONG, "hi"))
    await anext(chunks)
    os.kill(endless.worker.pid or 0, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"worker process ended \(killed"):
        while True:
            await anext(chunks)
    with pytest.raises(EngineError, match="is being started again"):
        await anext(endless.speak(Speech(LONG, "hi")))
    await until(lambda: endless.worker.alive, 90)
    chunks = endless.speak(Speech(LONG, "hi"))
    assert (await anext(chunks)).samples
    await chunks.aclose()


async def test_with_a_seed_a_text_sounds_the_same_each_time(ending: Parler) -> None:
    once, again = [await said(ending, Speech(SAID["en"], "en")) for _ in range(2)]
    assert once == again


async def test_what_the_codec_does_not_see_any_more_changes_nothing(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk is decoded with little before it; decoded with all that came before, it is the same."""
    folder = models / "endless"
    model = ParlerModel(
        WorkerOptions(str(folder), str(folder / "description_tokenizer"), "cpu", threads=1, seed=4, play_steps_s=0.2),
        load_package(),
    )
    with_little = spoken_by(model)
    monkeypatch.setattr(parler_utterance, "_CONTEXT_FRAMES", 10_000)
    with_all = spoken_by(model)
    assert len(with_little) > 10
    assert [len(chunk) for chunk in with_little] == [len(chunk) for chunk in with_all]
    for little, much in zip(with_little, with_all, strict=True):
        assert np.abs(little - much).max() <= 1


def spoken_by(model: ParlerModel) -> list[Any]:
    chunks = []

    def emit(chunk: bytes) -> bool:
        if chunk:
            chunks.append(np.frombuffer(chunk, "<i2").astype(int))
        return True

    job = {"text": LONG, "description": "Divya speaks.", "longest_s": 3}
    with pytest.raises(RuntimeError, match="no end"):
        model(json.dumps(job).encode(), emit)
    return chunks
