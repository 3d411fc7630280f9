"""Who is started again after its end, who is not, and what ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ari_app.ops.supervisor import CRASHED, Restarts, Supervisor, is_crash

KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def worker(tmp_path: Path, *lives: str) -> list[str]:
    """A program that does something else in each of its lives."""
    file = tmp_path / "lives.py"
    branches = "\n".join(f"if life == {number}:\n{textwrap.indent(life, '    ')}" for number, life in enumerate(lives))
    count = "path = pathlib.Path(__file__).with_name('count')\nlife = len(path.read_text()) if path.exists() else 0\n"
    file.write_text(f"import pathlib, sys\n{count}path.write_text('x' * (life + 1))\n{branches}\n", encoding="utf-8")
    return [sys.executable, str(file)]


def lived(tmp_path: Path) -> int:
    return len((tmp_path / "count").read_text())


def nothing() -> None:
    return


def test_one_that_is_killed_or_fails_by_itself_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    crashes: list[int] = []
    command = worker(tmp_path, KILLED, f"sys.exit({CRASHED})", "sys.exit(0)")
    status = Supervisor(command, lambda: crashes.append(1), said.append).run()
    assert (status, lived(tmp_path), len(crashes)) == (0, 3, 2)
    assert [line.partition(";")[0] for line in said] == ["Mercury ended (SIGKILL)", "Mercury ended (exit status 70)"]


@pytest.mark.parametrize("status", [0, 1, 2])
def test_an_end_that_was_meant_is_passed_on(tmp_path: Path, status: int) -> None:
    assert Supervisor(worker(tmp_path, f"sys.exit({status})"), nothing, print).run() == status
    assert lived(tmp_path) == 1


@pytest.mark.parametrize(
    ("prepare", "status"),
    [("import signal", 128 + signal.SIGTERM), ("import signal; signal.signal(15, lambda *_: sys.exit(0))", 0)],
)
def test_a_signal_is_passed_on_and_nothing_is_started_after_it(tmp_path: Path, prepare: str, status: int) -> None:
    program = (
        "import sys; from ari_app.ops.supervisor import Supervisor\n"
        "sys.exit(Supervisor(sys.argv[1:], lambda: None, print).run())"
    )
    life = f"{prepare}\nimport time\nprint('ready', flush=True)\ntime.sleep(60)"
    command = [sys.executable, "-c", program, *worker(tmp_path, life)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        assert supervisor.stdout.readline() == b"ready\n"
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(20) == status
    assert lived(tmp_path) == 1


def test_a_worker_ends_with_its_supervisor() -> None:
    work = (
        "import os, sys, time; from ari_app.ops.supervisor import end_with\n"
        "end_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)"
    )
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        assert int(supervisor.stdout.readline())
        supervisor.kill()
        assert supervisor.stdout.read() == b"", "the worker holds the pipe until its end"


def test_one_that_keeps_crashing_is_started_less_and_less_often() -> None:
    restarts = Restarts()
    assert [restarts.pause_s(1) for _ in range(9)] == [0, 0.5, 1, 2, 5, 10, 30, 30, 30]
    assert [restarts.pause_s(lived_s) for lived_s in (600, 1, 60)] == [0, 0.5, 0]


def test_what_is_a_crash() -> None:
    assert [is_crash(status) for status in (-9, -11, CRASHED)] == [True] * 3
    assert [is_crash(status) for status in (0, 1, 2, 130)] == [False] * 4
