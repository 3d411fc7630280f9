from __future__ import annotations

import random
import struct

import pytest

from media.audio.pcm import FRAME_BYTES
from media.vad.webrtc import WebRtcVad
from tests.media.fakes import tone


def test_silence_and_hiss_are_not_speech() -> None:
    vad, rng = WebRtcVad(2), random.Random(1)
    assert not vad.is_speech(bytes(FRAME_BYTES))
    hiss = [struct.pack("<160h", *(rng.randrange(-40, 40) for _ in range(160))) for _ in range(50)]
    assert not any(vad.is_speech(frame) for frame in hiss)


def test_a_voiced_sound_is_speech() -> None:
    vad = WebRtcVad(2)
    sound = b"".join(
        struct.pack("<h", sum(struct.unpack_from("<h", part, n * 2)[0] for part in parts))
        for parts in [[tone(400, 6000 // k, hertz=140 * k) for k in range(1, 8)]]
        for n in range(3200)
    )
    frames = [sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES)]
    assert sum(vad.is_speech(frame) for frame in frames) >= 15


def test_an_unknown_aggressiveness_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        WebRtcVad(4)
