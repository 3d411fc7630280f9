"""smart-turn's loading and asking: on a tiny model that is made here, and on the real one where it was fetched."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ari_app.models.wheel import SMART_TURN
from ari_app.ops.settings import Settings
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.eot.smart_turn import SmartTurn, features
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from tests.media.eot.tiny_model import tiny_model
from tests.media.fakes import tone

SPEECH = Pcm(TELEPHONE_RATE, tone(1000))
onnx = pytest.mark.skipif(
    find_spec("onnxruntime") is None,
    reason="onnxruntime is not installed: pip install 'mercury[end-of-turn]'",
)
REAL = SMART_TURN.path(Settings().cache_dir)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(tiny_model())
    return path


def test_8_khz_are_heard_as_16_khz() -> None:
    narrow = features(SPEECH)
    wide = features(Pcm(16_000, tone(1000, rate=16_000)))
    assert narrow.shape == (1, 80, 800)
    middle = np.s_[0, :20, 710:790]
    assert np.abs(narrow[middle] - wide[middle]).max() < 0.3
    mistaken = features(Pcm(16_000, SPEECH.samples))
    assert np.abs(mistaken[middle] - wide[middle]).max() > 0.5


def test_only_the_last_8_s_count() -> None:
    before = Pcm(TELEPHONE_RATE, tone(3000, hertz=900))
    last = tone(8000)
    assert np.array_equal(features(Pcm(TELEPHONE_RATE, before.samples + last)), features(Pcm(TELEPHONE_RATE, last)))


def test_a_rate_that_can_t_be_is_refused() -> None:
    with pytest.raises(ValueError, match="sample rate must be above 0 Hz, got 0"):
        features(Pcm(0, b""))


@onnx
async def test_it_answers_with_the_model_s_probability(model: Path) -> None:
    asked = SmartTurn(model)
    await asked.start()
    mean = float(features(SPEECH).mean())
    assert await asked.probability(SPEECH) == pytest.approx(1 / (1 + np.exp(-mean)), abs=1e-4)
    await asked.close()
    await asked.close()
    with pytest.raises(EngineError, match="not started"):
        await asked.probability(SPEECH)


@onnx
async def test_more_pauses_than_may_wait_are_refused_and_the_next_is_answered(model: Path) -> None:
    asked = SmartTurn(model, queue=1, deadline_s=5)
    await asked.start()
    answers = await asyncio.gather(*(asked.probability(SPEECH) for _ in range(4)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [float, float, EngineBusyError, EngineBusyError]
    assert 0 < await asked.probability(SPEECH) < 1
    await asked.close()


@onnx
async def test_a_late_answer_is_none(model: Path) -> None:
    asked = SmartTurn(model, deadline_s=0)
    await asked.start()
    with pytest.raises(EngineBusyError, match="no answer within 0 s"):
        await asked.probability(SPEECH)
    await asked.close()


async def test_what_is_missing_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match=r"mercury models fetch smart-turn|pip install 'mercury\["):
        await SmartTurn(tmp_path / "absent.onnx").start()


@onnx
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"no model", "can't be loaded"),
        (tiny_model(bands=64), r"expected a model of one input \[n, 80, 800\]"),
        (tiny_model(sigmoid=False), "expected one probability of 0 to 1"),
    ],
)
async def test_another_model_is_refused_when_it_is_loaded(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(content)
    with pytest.raises(EngineUnavailableError, match=complaint):
        await SmartTurn(path).start()


@onnx
@pytest.mark.skipif(not REAL.is_file(), reason=f"no {REAL}: mercury models fetch smart-turn")
async def test_the_real_one_gives_a_probability() -> None:
    asked = SmartTurn(REAL, deadline_s=10)
    await asked.start()
    assert 0 <= await asked.probability(SPEECH) <= 1
    await asked.close()
