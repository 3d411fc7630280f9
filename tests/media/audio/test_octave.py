from __future__ import annotations

import numpy as np
import pytest

from media.audio.octave import Doubler, Halver


def sine(hertz: float, rate: int) -> bytes:
    """Half a second."""
    samples = np.rint(10000 * np.sin(2 * np.pi * hertz * np.arange(rate // 2) / rate))
    return bytes(samples.astype("<i2"))


def frames(audio: bytes, size: int) -> list[bytes]:
    return [audio[at : at + size] for at in range(0, len(audio), size)]


def level_db(audio: bytes, hertz: float, rate: int) -> float:
    """Of that frequency, against the sines above."""
    samples = np.frombuffer(audio, "<i2")[rate // 20 :].astype(float)
    at = np.arange(len(samples)) / rate
    window = np.hanning(len(samples))
    found = abs(np.sum(samples * window * np.exp(-2j * np.pi * hertz * at))) / window.sum() * 2
    return float(20 * np.log10(found / 10000 + 1e-9))


@pytest.mark.parametrize("hertz", [300, 1000, 3400])
def test_the_telephone_band_comes_through_without_images(hertz: int) -> None:
    doubler = Doubler()
    doubled = [doubler.feed(frame) for frame in frames(sine(hertz, 8000), 320)]
    assert {len(frame) for frame in doubled} == {640}
    assert level_db(b"".join(doubled), hertz, 16000) == pytest.approx(0, abs=0.1)
    assert level_db(b"".join(doubled), 8000 - hertz, 16000) < -60


@pytest.mark.parametrize("hertz", [300, 1000, 3400])
def test_what_is_above_the_band_does_not_fold_into_it(hertz: int) -> None:
    kept, folded = Halver(), Halver()
    halved = [kept.feed(frame) for frame in frames(sine(hertz, 16000), 640)]
    assert {len(frame) for frame in halved} == {320}
    assert level_db(b"".join(halved), hertz, 8000) == pytest.approx(0, abs=0.1)
    above = b"".join(folded.feed(frame) for frame in frames(sine(8000 - hertz, 16000), 640))
    assert level_db(above, hertz, 8000) < -60


def test_frames_join_without_a_seam() -> None:
    audio = sine(1000, 8000)
    doubler, halver = Doubler(), Halver()
    assert b"".join(map(doubler.feed, frames(audio, 320))) == Doubler().feed(audio)
    doubled = Doubler().feed(audio)
    assert b"".join(map(halver.feed, frames(doubled, 640))) == Halver().feed(doubled)


def test_there_and_back_is_the_same_a_little_later() -> None:
    audio = sine(700, 8000)
    back = np.frombuffer(Halver().feed(Doubler().feed(audio)), "<i2").astype(int)
    delay = 31
    assert np.abs(back[delay + 100 :] - np.frombuffer(audio, "<i2").astype(int)[100:-delay]).max() <= 3


def test_full_scale_does_not_wrap_round() -> None:
    loudest = np.where(np.arange(1600) // 8 % 2, 32767, -32768).astype("<i2").tobytes()
    doubled = np.frombuffer(Doubler().feed(loudest), "<i2").astype(int)
    assert doubled.max() == 32767
    assert np.abs(np.diff(doubled)).max() < 50000
