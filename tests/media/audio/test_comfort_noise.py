"""Noise in place of a silence that a peer suppressed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from media.audio.comfort_noise import LOUDEST_DBOV, ComfortNoise, read_level
from media.audio.pcm import FRAME_BYTES


def second(level: int) -> bytes:
    noise = ComfortNoise()
    return b"".join(noise.frame(level) for _ in range(50))


@pytest.mark.parametrize("level", [-30, -45, -60, -70])
def test_its_level_is_what_was_asked_for(level: int) -> None:
    samples = np.frombuffer(second(level), "<i2").astype(float)
    assert 20 * math.log10(float(np.sqrt(np.mean(samples**2))) / 32768) == pytest.approx(level, abs=0.5)


def test_its_spectrum_is_flat() -> None:
    power = np.abs(np.fft.rfft(np.frombuffer(second(-40), "<i2"))) ** 2
    bands = [band.sum() for band in np.array_split(power[1:], 8)]
    assert max(bands) < 1.6 * min(bands)


@pytest.mark.parametrize("level", [0, -10, -29])
def test_it_is_never_as_loud_as_speech(level: int) -> None:
    assert second(level) == second(LOUDEST_DBOV)


def test_the_quietest_is_silence() -> None:
    assert set(np.frombuffer(second(-127), "<i2")) <= {-1, 0}


def test_frames_are_whole() -> None:
    noise = ComfortNoise()
    assert {len(noise.frame(-40 - number % 60)) for number in range(5000)} == {FRAME_BYTES}


@pytest.mark.parametrize(("payload", "level"), [(b"\x00", 0), (b"\x32", -50), (b"\x7f", -127), (b"\xff\x01", -127)])
def test_a_level_is_read_off_its_packet(payload: bytes, level: int) -> None:
    assert read_level(payload) == level
