from __future__ import annotations

import numpy as np
import pytest

from media.audio.levels import dbfs
from media.audio.pcm import FRAME_BYTES
from media.transport.coding import CODINGS
from tests.media.fakes import tone

SIZES = {"alaw": 160, "ulaw": 160, "slin": 320, "slin16": 640}


@pytest.mark.parametrize("name", CODINGS)
def test_what_is_encoded_is_heard_again(name: str) -> None:
    sender, receiver = CODINGS[name](), CODINGS[name]()
    audio = tone(500)
    frames = [audio[at : at + FRAME_BYTES] for at in range(0, len(audio), FRAME_BYTES)]
    wire = [sender.encode(frame) for frame in frames]
    assert {len(payload) for payload in wire} == {sender.frame_bytes} == {SIZES.get(name, sender.frame_bytes)}
    heard = b"".join(receiver.decode(payload) for payload in wire)
    assert len(heard) == len(audio)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(heard, "<i2")[800:3200].astype(float)))
    assert int(np.argmax(spectrum)) * 8000 / 2400 == pytest.approx(440, abs=4)
    assert dbfs(heard[1600:]) == pytest.approx(dbfs(audio[1600:]), abs=0.3)


@pytest.mark.parametrize("name", CODINGS)
def test_silence_is_silent_and_of_the_same_length(name: str) -> None:
    coding = CODINGS[name]()
    silent = [coding.encode(None) for _ in range(20)]
    assert {len(payload) for payload in silent} == {coding.frame_bytes}
    assert dbfs(CODINGS[name]().decode(silent[-1])) < -70


def test_silence_after_speech_has_the_filter_s_tail() -> None:
    wide = CODINGS["slin16"]()
    wide.encode(tone(20))
    assert any(wide.encode(None))
    assert not any(wide.encode(None)), "from the second on there is nothing to work out"
    assert len(wide.encode(tone(20))) == 640
