"""A tape's samples lie where the wire had them."""

from __future__ import annotations

import wave
from pathlib import Path

from phones.mouth import Frame
from phones.tape import lay_out, write_tape

LOUD = b"\x10\x20" * 160


def frame(at_ms: float, timestamp: int, samples: bytes = LOUD, ssrc: int = 1) -> Frame:
    return Frame(at_ms / 1000, timestamp, ssrc, samples)


def where(audio: bytes) -> list[int]:
    """Milliseconds at which sound begins."""
    loud = [n for n in range(0, len(audio), 2) if audio[n : n + 2] != b"\0\0"]
    return [n // 16 for n in loud if n == 0 or audio[n - 2 : n] == b"\0\0"]


def test_jitter_does_not_tear_a_talkspurt() -> None:
    audio = lay_out([frame(100, 0), frame(131, 160), frame(139, 320)], 0.0)
    assert where(audio) == [100]
    assert len(audio) == 2 * 8 * 160


def test_a_leap_of_the_timestamps_follows_the_arrival() -> None:
    assert where(lay_out([frame(0, 0), frame(500, 99_999_999)], 0.0)) == [0, 500]


def test_a_new_stream_follows_the_arrival() -> None:
    assert where(lay_out([frame(0, 5000), frame(300, 7, ssrc=2)], 0.0)) == [0, 300]


def test_timestamps_wrap() -> None:
    assert where(lay_out([frame(0, 0xFFFFFF60), frame(25, 0)], 0.0)) == [0]


def test_left_is_the_phone_right_the_far_end(tmp_path: Path) -> None:
    write_tape(tmp_path / "sub" / "call.wav", [frame(1000, 0)], [frame(1040, 0)])
    with wave.open(str(tmp_path / "sub" / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 480)
        stereo = file.readframes(480)
    left = b"".join(stereo[n : n + 2] for n in range(0, len(stereo), 4))
    right = b"".join(stereo[n + 2 : n + 4] for n in range(0, len(stereo), 4))
    assert (where(left), where(right)) == ([0], [40])


def test_a_call_without_sound_gives_an_empty_tape(tmp_path: Path) -> None:
    write_tape(tmp_path / "call.wav", [], [])
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() == 0
