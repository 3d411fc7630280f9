from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from load.processes import Parts

_WORKS = (
    "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nprint(1, flush=True)\ninput()"
)


def test_a_part_keeps_its_seconds_after_its_end() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        program.stdout.readline()
        parts = Parts(program.pid, None)
        spent, held = parts.cpu_s(), parts.memory_mb()
        program.communicate("\n")
    assert spent["mercury"] >= 0.25
    assert held["mercury"] > 1
    assert parts.cpu_s()["mercury"] >= spent["mercury"]


def test_this_process_is_the_phones_and_what_is_nobodys_is_the_others() -> None:
    parts = Parts(None, None)
    before = parts.cpu_s()
    end = time.process_time() + 0.2
    while time.process_time() < end:
        os.getpid()
    after = parts.cpu_s()
    assert after["phones"] - before["phones"] >= 0.15
    assert "mercury" not in after
    assert after["others"] >= 0
    assert after["stolen"] >= before["stolen"], "what the hypervisor took is not put down to anybody"


def test_an_asterisk_is_found_where_its_run_folder_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run" / "asterisk"
    (folder / "run").mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", _WORKS, str(folder / "asterisk.conf")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout
        program.stdout.readline()
        (folder / "run" / "asterisk.pid").write_text(str(program.pid))
        monkeypatch.chdir(tmp_path)
        parts = Parts(program.pid, Path("run"))
        assert set(parts.memory_mb()) >= {"asterisk"}
        assert "workers" not in parts.memory_mb()
        program.communicate(b"\n")
