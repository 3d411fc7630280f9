"""Silero's shell, on a tiny model that is made here, and on the real one where faster-whisper is installed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from media.audio.pcm import FRAME_BYTES
from media.errors import EngineUnavailableError
from media.registry import Engines, engine
from media.tts.cache import PromptCache
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.vad.silero import Silero, SileroVad
from media.vad.silero_model import WINDOW, Line, SileroModel, shipped
from tests.media.asr.voice import voiced
from tests.media.fakes import tone
from tests.media.vad.tiny_silero import tiny_silero

onnx = pytest.mark.skipif(
    find_spec("onnxruntime") is None, reason="onnxruntime is not installed: pip install 'mercury[whisper]'"
)
real = pytest.mark.skipif(
    find_spec("faster_whisper") is None, reason="the model comes with faster-whisper: pip install 'mercury[whisper]'"
)
SILENT = bytes(FRAME_BYTES)
LOUD = tone(20, 8000, hertz=400.0)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(tiny_silero())
    return path


@pytest.fixture
async def silero(model: Path) -> AsyncIterator[Silero]:
    silero = Silero(model=str(model), threshold=0.8, release=0.1)
    await silero.start()
    yield silero
    await silero.close()


class Last(SileroVad):
    """The last in the line."""

    def __init__(self) -> None:
        super().__init__(lambda *_: True, 1.0)
        self.reached = threading.Event()

    def judged(self, share: float | None, threshold: float) -> None:
        self.reached.set()


async def judged(silero: Silero) -> None:
    """Return when the thread has judged all that it was given."""
    last = Last()
    assert silero._judge(last, bytes(2 * WINDOW))
    assert await asyncio.to_thread(last.reached.wait, 5)


@onnx
async def test_a_caller_who_speaks_is_heard_a_window_later(silero: Silero) -> None:
    call = silero.open()
    assert not call.is_speech(LOUD), "nothing is known yet"
    call.is_speech(LOUD)
    await judged(silero)
    assert call.is_speech(LOUD)
    assert not call.is_speech(SILENT), "a frame below the gate is silence, whatever was said before"


@onnx
async def test_each_call_is_judged_by_itself(silero: Silero) -> None:
    one, other = silero.open(), silero.open()
    for _ in range(4):
        one.is_speech(LOUD)
        other.is_speech(tone(20, 60, hertz=400.0))
    await judged(silero)
    assert (one.speaking, other.speaking) == (True, False)


@onnx
async def test_a_line_that_is_silent_costs_nothing(silero: Silero) -> None:
    call = silero.open()
    assert not any(call.is_speech(SILENT) for _ in range(100))
    assert call._asked == 0
    for _ in range(10):
        call.is_speech(LOUD)
    for _ in range(100):
        call.is_speech(SILENT)
    assert call._asked < 25


async def test_a_thread_that_cannot_keep_up_is_not_waited_for() -> None:
    calls: list[bytes] = []

    def judge(_call: SileroVad, window: bytes) -> bool:
        calls.append(window)
        return True

    call = SileroVad(judge, 1.0)
    voice = voiced(1000)
    heard = [call.is_speech(frame) for frame in voice]
    assert len(calls) == 3, "no more are asked while three wait"
    assert not any(heard[:5])
    assert any(heard[10:]), "webrtcvad answers instead"
    assert {len(window) for window in calls} == {2 * WINDOW}
    for _ in range(3):
        call.judged(0.9, 0.5)
    assert call.is_speech(voice[0])


async def test_a_window_that_failed_is_silence() -> None:
    call = SileroVad(lambda *_: True, 1.0)
    call.judged(0.9, 0.5)
    assert call.is_speech(LOUD)
    call.judged(None, 0.5)
    assert not call.is_speech(LOUD)


@onnx
async def test_calls_outlive_the_engine(model: Path) -> None:
    silero = Silero(model=str(model))
    await silero.start()
    call = silero.open()
    await silero.close()
    await silero.close()
    assert any(call.is_speech(frame) for frame in voiced(1000)), "webrtcvad answers"


@onnx
async def test_what_is_no_such_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(tiny_silero(512))
    with pytest.raises(EngineUnavailableError, match=r"expected a model of \[n, 576\]"):
        await Silero(model=str(path)).start()
    path.write_bytes(b"no model")
    with pytest.raises(EngineUnavailableError, match="can't be loaded"):
        await Silero(model=str(path)).start()
    with pytest.raises(EngineUnavailableError, match="there is no"):
        await Silero(model=str(tmp_path / "gone")).start()


def test_options_that_cannot_be_are_refused(model: Path) -> None:
    with pytest.raises(ValueError, match="expected 0 < release < threshold < 1"):
        Silero(model=str(model), threshold=0.4, release=0.5)
    assert Silero(model=str(model)).need.ram_mib > 0


@pytest.mark.skipif(find_spec("faster_whisper") is not None, reason="faster-whisper is installed")
def test_without_a_model_it_is_unavailable() -> None:
    with pytest.raises(EngineUnavailableError, match="install both with"):
        engine(Engines.VADS, "silero")()


@real
async def test_the_real_model_tells_a_voice_from_silence_noise_and_a_tone() -> None:
    espeak = Espeak()
    await espeak.start()
    voice = Voice([espeak], PromptCache(None))
    said = b"".join([chunk.samples async for chunk in voice.render(Speech("Your order is ready, press one.", "en"))])
    await voice.close()
    await espeak.close()
    noise = np.random.default_rng(1).normal(0, 300, 16_000).astype("<i2").tobytes()
    model = SileroModel(shipped())
    assert np.mean(shares(model, said) >= 0.5) > 0.6
    for sound in (bytes(32_000), noise, tone(2000, 8000, hertz=440.0)):
        assert shares(model, sound).max() < 0.2


def shares(model: SileroModel, audio: bytes) -> NDArray[np.float64]:
    """Of each window."""
    line, samples = Line(), np.frombuffer(audio, np.int16)
    return np.array(
        [model.share(line, samples[at : at + WINDOW]) for at in range(0, len(samples) - WINDOW + 1, WINDOW)]
    )
