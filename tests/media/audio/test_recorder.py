from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from media.audio.pcm import FRAME_SAMPLES
from media.audio.recorder import Recorder, RecordingWriter
from tests.media.fakes import VOICED, tone


def read(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)


def test_caller_is_left_agent_is_right_and_both_are_aligned(tmp_path: Path) -> None:
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / "calls" / "one.wav", writer)
    other = tone(20, hertz=900)
    for number in range(70):
        recorder.add(VOICED if number == 3 else None, other if number == 60 else None)
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    sides = read(recorder.path)
    assert len(sides) == 70 * FRAME_SAMPLES
    left, right = sides[:, 0], sides[:, 1]
    assert left[3 * 160 : 4 * 160].tobytes() == VOICED
    assert right[60 * 160 : 61 * 160].tobytes() == other
    assert np.count_nonzero(left) == np.count_nonzero(left[480:640])
    assert np.count_nonzero(right) == np.count_nonzero(right[9600:9760])


def test_a_disk_that_cannot_keep_up_costs_seconds_not_alignment(tmp_path: Path) -> None:
    refused: list[bool] = []

    class Busy(RecordingWriter):
        def submit(self, batch: object) -> bool:
            refused.append(len(refused) == 1)
            return not refused[-1] and super().submit(batch)  # type: ignore[arg-type]

    writer = Busy()
    recorder = Recorder(tmp_path / "one.wav", writer)
    for number in range(150):
        recorder.add(VOICED if number in (10, 60, 110) else None, None)
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    left = read(recorder.path)[:, 0]
    assert recorder.dropped_frames == 50
    assert [bool(left[n * 160 : (n + 1) * 160].any()) for n in (10, 60, 110)] == [True, False, True]
    assert len(left) == 150 * FRAME_SAMPLES


def test_a_path_that_cannot_be_written_is_told_and_stops_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    writer = RecordingWriter()
    broken, fine = Recorder(tmp_path / "file" / "x.wav", writer), Recorder(tmp_path / "y.wav", writer)
    for recorder in (broken, fine):
        recorder.add(VOICED, None)
        recorder.close()
    assert broken.finished.wait(5)
    assert fine.finished.wait(5)
    writer.close()
    assert isinstance(broken.error, OSError)
    assert len(read(fine.path)) == FRAME_SAMPLES
