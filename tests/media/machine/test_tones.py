"""Single tones, told from everything else."""

from __future__ import annotations

import random
import struct

import pytest

from media.audio.levels import rms
from media.audio.pcm import FRAME_SAMPLES
from media.machine.tones import Tones, hertz_of
from tests.media.machine.sounds import sine


@pytest.mark.parametrize("hertz", [425, 440, 613, 850, 1000, 1385, 1800, 2100])
def test_the_frequency_of_a_tone(hertz: float) -> None:
    frame = sine(hertz)
    assert hertz_of(frame, rms(frame)) == pytest.approx(hertz, abs=8)


@pytest.mark.parametrize("level_dbfs", [-44, -60])
def test_a_faint_tone_is_nothing(level_dbfs: float) -> None:
    frame = sine(1000, level_dbfs=level_dbfs)
    assert hertz_of(frame, rms(frame)) == 0


def test_a_key_s_two_tones_are_no_tone() -> None:
    frame = sine(770, 1336)
    assert hertz_of(frame, rms(frame)) == 0


def test_noise_and_a_voice_s_harmonics_are_no_tone() -> None:
    chance = random.Random(1)
    noise = struct.pack(f"<{FRAME_SAMPLES}h", *(chance.randint(-8000, 8000) for _ in range(FRAME_SAMPLES)))
    voice = sine(210, 420, 630, 840)
    assert [hertz_of(frame, rms(frame)) for frame in (noise, voice)] == [0, 0]


def test_a_short_frame_is_no_tone() -> None:
    assert hertz_of(sine(1000)[:100], 3000) == 0


def _fed(frames: list[bytes]) -> list[tuple[int, int]]:
    """Frequency and length of each tone that ended."""
    tones, ended = Tones(), []
    for place, frame in enumerate(frames, 1):
        if tone := tones.frame(frame, rms(frame), place * 0.02):
            ended.append((round(tone.hertz / 10) * 10, round(tone.ms)))
    return ended


def test_a_tone_has_its_length() -> None:
    assert _fed([sine(1000, frame=n) for n in range(10)] + [bytes(320)] * 3) == [(1000, 200)]


def test_one_frame_of_it_may_be_spoilt() -> None:
    frames = [sine(1000, frame=n) for n in range(10)]
    frames[4] = bytes(320)
    assert _fed([*frames, *[bytes(320)] * 3]) == [(1000, 200)]


def test_a_tone_that_changes_is_two() -> None:
    low, high = ([sine(hertz, frame=n) for n in range(5)] for hertz in (950, 1400))
    assert _fed([*low, *high, *[bytes(320)] * 3]) == [(950, 100), (1400, 100)]
