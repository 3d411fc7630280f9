from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.audio.recording_files import create, finish_orphans, part_of

SECOND = np.column_stack([np.arange(8000), -np.arange(8000)]).astype("<i2").tobytes()
KILLED = """
import os, sys
from pathlib import Path
from media.audio.recording_files import create
file = create(Path(sys.argv[1]))
for _ in range(10):
    file.write(bytes.fromhex(sys.argv[2]) * 8000)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(("kind", "least_s"), [("wav", 10.0), ("flac", 9.4), ("opus", 8.0)])
def test_a_process_that_is_killed_leaves_a_recording_that_plays(kind: str, least_s: float, tmp_path: Path) -> None:
    path = tmp_path / "call_1" / f"call.{kind}"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path), "10200030"], check=False, cwd=Path.cwd())
    assert killed.returncode == -9
    assert not path.exists()
    ((finished, playable_s),) = finish_orphans(tmp_path)
    assert finished == path
    assert least_s <= playable_s <= 10.0
    sides, rate = soundfile.read(path, dtype="int16")
    assert (rate, sides.shape) == (8000, (round(playable_s * 8000), 2))
    assert list(finish_orphans(tmp_path)) == []


def test_what_no_player_reads_and_what_would_overwrite_is_left_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.flac.part").write_bytes(b"fLaC, and no more")
    (tmp_path / "b.wav.part").write_bytes(b"")
    taken = create(tmp_path / "c.wav")
    taken.write(SECOND)
    taken.close()
    (tmp_path / "c.wav").write_bytes(b"here already")
    assert list(finish_orphans(tmp_path)) == [
        (part_of(tmp_path / f"{name}"), 0.0) for name in ("a.flac", "b.wav", "c.wav")
    ]
    assert (tmp_path / "c.wav").read_bytes() == b"here already"


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_nothing_is_lost_or_changed_where_the_format_loses_nothing(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"call.{kind}"
    file = create(path)
    for _ in range(3):
        file.write(SECOND)
    file.close()
    sides, _ = soundfile.read(part_of(path), dtype="int16")
    assert sides.tobytes() == SECOND * 3


def test_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"end in \.wav, \.flac, \.opus"):
        create(tmp_path / "call.mp3")
    assert list(tmp_path.iterdir()) == []
