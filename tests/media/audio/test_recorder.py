from __future__ import annotations

import threading
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.audio import recording_files
from media.audio.pcm import FRAME_SAMPLES
from media.audio.recorder import PRIVATE_TAIL_MS, Recorder, RecordingWriter
from media.audio.recording_files import RecordingFile
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


@pytest.mark.parametrize("kind", ["wav", "flac", "opus"])
def test_a_call_can_be_kept_in_every_format_and_stays_aligned(kind: str, tmp_path: Path) -> None:
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / f"one.{kind}", writer)
    for number in range(130):
        recorder.add(VOICED if 20 <= number < 40 else None, VOICED if 80 <= number < 100 else None)
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    sides, rate = soundfile.read(recorder.path, dtype="int16")
    assert (rate, len(sides)) == (8000, 130 * FRAME_SAMPLES)
    for side, first in ((0, 20), (1, 80)):
        loud = np.flatnonzero(np.abs(sides[:, side].astype(int)) > 2000)
        assert abs(loud[0] - first * FRAME_SAMPLES) <= 40
        assert abs(loud[-1] - (first + 20) * FRAME_SAMPLES) <= 40
    assert list(tmp_path.iterdir()) == [recorder.path]


def test_private_input_is_silence_on_both_sides_on_the_frame_and_time_goes_on(tmp_path: Path) -> None:
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / "one.wav", writer)
    for number in range(120):
        if number == 30:
            recorder.pause()
            recorder.pause()
        if number == 70:
            recorder.resume()
            recorder.resume()
        recorder.add(VOICED, VOICED)
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    kept = np.abs(read(recorder.path).astype(int)).reshape(120, FRAME_SAMPLES, 2).max(axis=1)
    tail = PRIVATE_TAIL_MS // 20
    for side in (0, 1):
        assert [number for number in range(120) if not kept[number, side]] == list(range(30, 70 + tail))
    assert recorder.report().private_ms == (40 + tail) * 20
    assert recorder.report().recorded_ms == 2400


def test_a_recording_has_its_name_only_once_it_is_complete(tmp_path: Path) -> None:
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / "one.wav", writer)
    for _ in range(50):
        recorder.add(VOICED, None)
    other = Recorder(tmp_path / "two.wav", writer)
    other.close()
    assert other.finished.wait(5), "the writer is past the first's first second"
    assert (tmp_path / "one.wav.part").exists()
    assert not recorder.path.exists()
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    assert recorder.path.exists()
    assert not (tmp_path / "one.wav.part").exists()


def test_a_disk_that_fills_up_leaves_what_was_written_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A disk with room for two writes."""

        def __init__(self, file: RecordingFile) -> None:
            self.file, self.writes = file, 0

        def write(self, samples: bytes) -> None:
            self.writes += 1
            if self.writes > 2:
                raise OSError(28, "No space left on device")
            self.file.write(samples)

        def close(self) -> None:
            self.file.close()

    create = recording_files.create
    monkeypatch.setattr(recording_files, "create", lambda path: Full(create(path)))
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / "one.wav", writer)
    for _ in range(260):
        recorder.add(VOICED, VOICED)
    recorder.close()
    assert recorder.finished.wait(5)
    writer.close()
    assert len(read(recorder.path)) == 100 * FRAME_SAMPLES
    assert "No space left" in recorder.report().error


def test_the_last_of_a_call_is_written_however_much_waits(tmp_path: Path) -> None:
    writer = RecordingWriter(capacity=0)
    recorder = Recorder(tmp_path / "one.wav", writer)
    told = threading.Event()
    for _ in range(60):
        recorder.add(VOICED, None)
    recorder.close(told.set)
    assert told.wait(5)
    writer.close()
    left = read(recorder.path)[:, 0]
    assert len(left) == 60 * FRAME_SAMPLES
    assert not left[: 50 * FRAME_SAMPLES].any()
    assert recorder.report().unwritten_ms == 1000
