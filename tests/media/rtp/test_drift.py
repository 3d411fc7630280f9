"""An hour with a peer whose clock is not ours, in virtual time: single frames are left out or held, and nothing else.

A clock that is 100 parts in a million off is 360 ms ahead or behind after an hour: 18 frames of 20 ms; 300 parts, 54.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from media.audio.g711 import ALAW
from media.rtp.packet import HEADER
from tests.media.rtp.stream import ASTERISK, Ear

FRAMES = 3600 * 50
_NUMBERS = 256
_PAYLOADS = [bytes([number]) * 160 for number in range(_NUMBERS)]
_NUMBER_OF = {ALAW.decode(payload)[-2:]: number for number, payload in enumerate(_PAYLOADS)}
"""Each frame is one level throughout, and its level is its number: what is heard tells when it was sent."""


@dataclass
class Hour:
    """What came of it."""

    ear: Ear
    heard: int = 0
    ages_ms: list[float] = field(default_factory=list)
    """Every second, how long ago the frame that is heard began to be sent."""


def an_hour(ppm: float, jitter_ms: float = 0.0, frames: int = FRAMES) -> Hour:
    """A packet for every 20 ms of the peer's clock, a tick for every 20 ms of ours."""
    ear, rng, sent = Ear(), random.Random(1), 0
    hour, step_ms = Hour(ear), 20 / (1 + ppm / 1e6)
    due_ms = 0.0
    for tick in range(frames):
        now_ms = tick * 20 + 7.0
        while due_ms <= now_ms:
            header = HEADER.pack(0x80, 8, sent % 65536, sent * 160 % (1 << 32), 7)
            ear.receiver.receive(header + _PAYLOADS[sent % _NUMBERS], ASTERISK, 1 + due_ms / 1000)
            sent += 1
            due_ms = sent * step_ms + rng.uniform(0, jitter_ms)
        frame = ear.playout.pull()
        hour.heard += frame is not None
        if frame is not None and tick % 50 == 0 and (number := _NUMBER_OF.get(frame[-2:])) is not None:
            latest = sent - 1 - (sent - 1 - number) % _NUMBERS
            hour.ages_ms.append(now_ms - latest * step_ms)
    return hour


def check(hour: Hour, ppm: float, most_age_ms: float) -> None:
    counts = hour.ear.close()
    drifted = abs(ppm) * FRAMES / 1e6
    assert (counts.lost, counts.duplicates) == (0, 0)
    assert counts.late <= 2
    changed = counts.skipped_frames if ppm > 0 else counts.held_frames
    other = counts.held_frames if ppm > 0 else counts.skipped_frames
    assert drifted - 3 <= changed <= drifted + 3
    assert other <= 2
    assert hour.heard >= FRAMES - 3
    thirds = [hour.ages_ms[:1000], hour.ages_ms[-1000:]]
    assert max(max(third) for third in thirds) <= most_age_ms
    means = [sum(third) / len(third) for third in thirds]
    assert abs(means[0] - means[1]) < 15, "an hour later it is no later"
    assert counts.mos > 4.3


@pytest.mark.parametrize("ppm", [300.0, -300.0])
def test_an_hour_of_a_bad_clock_leaves_no_lasting_delay(ppm: float) -> None:
    check(an_hour(ppm), ppm, most_age_ms=90)


@pytest.mark.slow
@pytest.mark.parametrize("ppm", [100.0, -100.0])
def test_an_hour_of_a_clock_as_phones_have_it(ppm: float) -> None:
    check(an_hour(ppm), ppm, most_age_ms=90)


@pytest.mark.slow
@pytest.mark.parametrize("ppm", [100.0, -100.0, 300.0, -300.0])
def test_an_hour_of_drift_and_jitter(ppm: float) -> None:
    """The buffer can't tell its depth as well: a few frames more."""
    hour = an_hour(ppm, jitter_ms=15)
    counts = hour.ear.close()
    assert counts.skipped_frames + counts.held_frames <= abs(ppm) * FRAMES / 1e6 + 60
    assert counts.late <= FRAMES / 1000
    assert max(hour.ages_ms) <= 130
    assert counts.mos > 4.2
