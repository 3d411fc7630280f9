"""What is heard in place of packets that did not come."""

from __future__ import annotations

import math
import random
import struct

import pytest

from media.audio.concealment import MOST_FRAMES, Concealment
from media.audio.levels import rms
from media.audio.pcm import FRAME_BYTES

HERTZ = 125.0


def tone(number: int, hertz: float = HERTZ) -> bytes:
    """A 20 ms frame of a tone that goes on from frame to frame."""
    at = range(number * 160, number * 160 + 160)
    return struct.pack("<160h", *(round(8000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in at))


def spoken(frames: int = 5) -> Concealment:
    concealment = Concealment()
    for number in range(frames):
        assert concealment.heard(tone(number)) == tone(number)
    return concealment


def difference(one: bytes, other: bytes) -> int:
    pairs = zip(struct.unpack("<160h", one), struct.unpack("<160h", other), strict=True)
    return rms(struct.pack("<160h", *(max(-32768, min(32767, a - b)) for a, b in pairs)))


def test_a_tone_goes_on_through_a_lost_frame() -> None:
    made_up = spoken().missing()
    assert made_up is not None
    assert difference(made_up, tone(5)) < rms(tone(5)) / 20


def test_longer_gaps_fade_into_silence() -> None:
    concealment = spoken()
    made_up = [concealment.missing() for _ in range(MOST_FRAMES + 2)]
    levels = [rms(frame) if frame else 0 for frame in made_up]
    assert levels[0] > levels[1] > levels[2] > 0
    assert made_up[MOST_FRAMES:] == [None, None]
    assert concealment.concealed == MOST_FRAMES


def test_what_comes_again_is_blended_in_without_a_click() -> None:
    concealment = spoken()
    made_up = concealment.missing()
    back = concealment.heard(tone(6))
    assert made_up is not None
    ends, begins = struct.unpack("<160h", made_up)[-1], struct.unpack("<160h", back)[0]
    assert abs(ends - begins) < 1500
    assert back[64:] == tone(6)[64:]


def test_nothing_is_made_up_before_there_was_anything() -> None:
    concealment = Concealment()
    assert concealment.missing() is None
    concealment.heard(tone(0))
    assert concealment.missing() is None


@pytest.mark.parametrize("seed", range(5))
def test_any_audio_is_concealed_with_whole_frames(seed: int) -> None:
    rng = random.Random(seed)
    concealment = Concealment()
    for _ in range(300):
        frame = concealment.missing() if rng.random() < 0.3 else concealment.heard(rng.randbytes(FRAME_BYTES))
        assert frame is None or len(frame) == FRAME_BYTES


def holes(start: int, end: int) -> int:
    """A bit for each sample that is missing."""
    return (1 << end) - (1 << start)


@pytest.mark.parametrize(("start", "end"), [(80, 160), (0, 80), (40, 120), (159, 160), (0, 1)])
def test_a_hole_in_a_frame_is_filled_with_what_goes_on(start: int, end: int) -> None:
    concealment, whole = spoken(), tone(5)
    frame = whole[: 2 * start] + bytes(2 * (end - start)) + whole[2 * end :]
    patched = concealment.patched(frame, holes(start, end))
    assert len(patched) == FRAME_BYTES
    assert patched[: 2 * start] == whole[: 2 * start]
    assert difference(patched, whole) < rms(whole) / 10
    assert concealment.concealed == 1


def test_what_is_made_up_in_parts_fades_like_a_whole() -> None:
    """Half a frame, two whole ones and a half again: 60 ms, then silence."""
    concealment = spoken()
    heard = [concealment.patched(tone(5), holes(80, 160)), concealment.missing(), concealment.missing()]
    heard.append(concealment.patched(bytes(FRAME_BYTES), holes(0, 80)))
    levels = [rms(frame) if frame else 0 for frame in heard]
    assert levels[0] > levels[1] > levels[2] > levels[3] > 0
    assert concealment.concealed == 3


def test_a_frame_of_holes_only_is_a_frame_that_is_missing() -> None:
    assert spoken().patched(bytes(FRAME_BYTES), holes(0, 160)) == spoken().missing()


def test_a_gap_may_begin_within_the_first_frames() -> None:
    concealment = Concealment()
    assert concealment.patched(tone(0), holes(80, 160)) == tone(0)[:160] + bytes(160)
    assert len(concealment.heard(tone(1))) == FRAME_BYTES


def test_after_a_rest_nothing_is_made_up_and_nothing_blended() -> None:
    concealment = spoken()
    concealment.missing()
    concealment.rest()
    assert concealment.missing() is None
    assert concealment.heard(tone(3)) == tone(3)


@pytest.mark.parametrize("seed", range(5))
def test_any_holes_leave_whole_frames(seed: int) -> None:
    rng = random.Random(seed)
    concealment = Concealment()
    for _ in range(100):
        assert len(concealment.patched(rng.randbytes(FRAME_BYTES), rng.getrandbits(160))) == FRAME_BYTES
