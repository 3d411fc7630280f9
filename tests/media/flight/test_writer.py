"""Logs on disk: written by one thread, and kept within bounds."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from media.flight.folder import FlightFolder
from media.flight.reader import read_flight
from media.flight.writer import FlightWriter
from tests.media.fakes import VirtualClock


def test_logs_of_several_calls_are_written_beside_each_other(tmp_path: Path) -> None:
    clock = VirtualClock()
    writer = FlightWriter(FlightFolder(tmp_path / "flights"), clock)
    logs = [writer.open(f"call-{n}") for n in range(3)]
    for second in range(3):
        for n, log in enumerate(logs):
            log.note("told", call=n, second=second)
            log.beat(clock.now())
        clock.advance(1.01)
    for log in logs:
        log.close()
        log.close()
    writer.close()
    for n in range(3):
        flight = read_flight((tmp_path / "flights" / f"call-{n}.flight").read_bytes())
        assert flight.damage == ""
        assert [(note.facts["call"], note.facts["second"]) for note in flight.notes("told")] == [
            (n, 0),
            (n, 1),
            (n, 2),
        ]


def test_a_log_that_was_never_closed_can_be_read(tmp_path: Path) -> None:
    clock = VirtualClock()
    writer = FlightWriter(FlightFolder(tmp_path), clock)
    log = writer.open("crashed")
    log.note("told")
    clock.advance(1.5)
    log.beat(clock.now())
    log.note("lost with the crash")
    writer.close()
    flight = read_flight((tmp_path / "crashed.flight").read_bytes())
    assert [len(flight.notes("told")), len(flight.notes("lost with the crash"))] == [1, 0]


def test_a_folder_that_can_not_be_written_is_no_matter_to_the_call(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("a file, not a folder")
    writer = FlightWriter(FlightFolder(tmp_path / "flights"), VirtualClock())
    log = writer.open("call")
    log.note("told")
    log.close()
    writer.close()


class HeldFolder(FlightFolder):
    """Its writer waits, as for a slow disk, until the test lets it go on."""

    going_on = threading.Event()

    def prune(self, now: float | None = None) -> int:
        self.going_on.wait(10)
        return super().prune(now)


def test_a_log_that_ends_while_too_much_waits_leaves_no_open_file(tmp_path: Path) -> None:
    clock = VirtualClock()
    writer = FlightWriter(folder := HeldFolder(tmp_path), clock, capacity=1)
    log = writer.open("call")
    log.note("told")
    clock.advance(1.5)
    log.beat(clock.now())
    log.note("left out, for one piece waits already")
    log.close()
    folder.going_on.set()
    after = writer.open("after")
    after.close()
    deadline = time.monotonic() + 5
    while not (tmp_path / "after.flight").exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    writer.close()
    assert str(tmp_path / "call.flight") not in held


def test_a_call_id_leads_nowhere_else(tmp_path: Path) -> None:
    assert FlightFolder(tmp_path).file("../../etc/passwd") == tmp_path / "passwd.flight"


def test_old_logs_go_and_the_oldest_of_too_many(tmp_path: Path) -> None:
    now = 1_000_000_000.0
    for age_days, name in ((0.1, "new"), (1, "yesterday"), (2, "before"), (30, "old")):
        file = tmp_path / f"{name}.flight"
        file.write_bytes(bytes(400_000))
        os.utime(file, (now - age_days * 86_400,) * 2)
    (tmp_path / "note.txt").write_text("somebody else's")
    assert FlightFolder(tmp_path, days=7, most_mb=1).prune(now) == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.flight", "note.txt", "yesterday.flight"]
