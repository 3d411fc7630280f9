"""Audio to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.audio.pcm import Pcm
from media.audio.wav import write_wav
from phones.errors import PhoneError
from phones.recordings import join, recording, silence


def test_a_recording_is_found_by_name_in_the_voice_or_above_it(tmp_path: Path) -> None:
    write_wav(tmp_path / "en_US" / "digits" / "1.wav", b"\1\2" * 800)
    assert recording(tmp_path, "digits/1").duration_ms == 100
    assert recording(tmp_path / "en_US", "digits/1").duration_ms == 100


def test_a_missing_recording_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PhoneError, match=r"nope\.wav.*asterisk-core-sounds"):
        recording(tmp_path, "nope")


def test_clips_are_joined() -> None:
    assert join(silence(100), Pcm(8000, b"\1\2" * 80), silence(30)).duration_ms == 140
    with pytest.raises(ValueError, match="16000 Hz"):
        join(silence(10), Pcm(16000, b""))
