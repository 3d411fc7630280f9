"""What recording a call costs, by format: CPU of the loop and of the writer, bytes; and what a crash would lose.

python -m bench.recording --sounds FOLDER [--json FILE]. A minute of two people talking by turns, from human recordings.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import soundfile

from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.audio.recorder import Recorder, RecordingWriter
from media.audio.recording_files import create, part_of
from media.audio.wav import read_wav

KINDS = ("wav", "flac", "opus")
MINUTE = 60_000 // FRAME_MS
_TURN = 4_000 // FRAME_MS
"""Frames that one speaks before the other does."""
_DEADLINE_S = 120.0
Frames = list[tuple[bytes | None, bytes | None]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one format, a call-minute."""

    kind: str
    loop_cpu_s: float
    writer_cpu_s: float
    kilobytes: float
    lost_in_crash_s: float


def talk(sounds: Path) -> Frames:
    """A minute of frames: caller and agent speak in turns of 4 s."""
    speech = b""
    for path in sorted(sounds.glob("*.wav")):
        speech += read_wav(path).samples
        if len(speech) >= MINUTE * FRAME_BYTES:
            break
    spoken = [speech[number * FRAME_BYTES : (number + 1) * FRAME_BYTES] for number in range(MINUTE)]
    return [(frame, None) if number // _TURN % 2 else (None, frame) for number, frame in enumerate(spoken)]


def measured(kind: str, frames: Frames, calls: int, folder: Path) -> Cost:
    """Record this minute on so many calls at once."""
    writer = RecordingWriter()
    recorders = [Recorder(folder / f"{number}.{kind}", writer) for number in range(calls)]
    whole, loop = time.process_time(), time.thread_time()
    for caller, agent in frames:
        for recorder in recorders:
            recorder.add(caller, agent)
    for recorder in recorders:
        recorder.close()
    loop_s = time.thread_time() - loop
    if not all(recorder.finished.wait(_DEADLINE_S) for recorder in recorders):
        raise TimeoutError(f"{kind}: not written within {_DEADLINE_S:g} s")
    whole_s = time.process_time() - whole
    writer.close()
    size = sum(recorder.path.stat().st_size for recorder in recorders) / calls
    return Cost(kind, loop_s / calls, (whole_s - loop_s) / calls, size / 1000, lost_in_crash(kind, folder))


def lost_in_crash(kind: str, folder: Path) -> float:
    """Seconds of ten written ones that can't be played if the process dies right after."""
    path = folder / f"crash.{kind}"
    file = create(path)
    for _ in range(10):
        file.write(b"\1\1\2\2" * 8000)
    left = shutil.copy(part_of(path), folder / f"left.{kind}")
    file.close()
    return 10.0 - float(soundfile.info(left).frames) / 8000


def main() -> None:
    """Measure all formats, and print them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sounds", type=Path, required=True, help="a folder of 8 kHz WAV recordings of speech")
    options.add_argument("--calls", type=int, default=5)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    frames = talk(given.sounds)
    costs = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            costs.append(measured(kind, frames, given.calls, Path(folder)))
    print("a call-minute    CPU of the loop   CPU of the writer      size   lost in a crash")
    for cost in costs:
        print(
            f"{cost.kind:<12} {cost.loop_cpu_s * 1000:>13.1f} ms {cost.writer_cpu_s * 1000:>16.1f} ms"
            f" {cost.kilobytes:>6.0f} kB {cost.lost_in_crash_s:>15.2f} s"
        )
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps([asdict(cost) for cost in costs], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
