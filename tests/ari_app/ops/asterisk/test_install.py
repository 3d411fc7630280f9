"""Which Asterisk is taken, and what is said when there is none. The programs are small scripts here."""

from __future__ import annotations

import fcntl
import json
import threading
from pathlib import Path

import pytest

from ari_app.ops.asterisk.apt import choose_mirror
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.fetch import fetch_asterisk, fetched_asterisk
from ari_app.ops.asterisk.install import ROOT_VARIABLE, ensure_asterisk, find_asterisk
from ari_app.ops.asterisk.installation import Installation, parse_version
from ari_app.ops.asterisk.modules import MEDIA_WEBSOCKET, REQUIRED, choose_modules
from ari_app.ops.settings import AsteriskSettings


def _program(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _no_root_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("Asterisk 23.1.0\n", (23, 1, 0)),
        ("Asterisk certified-20.7-cert2", (20, 7, 0)),
    ],
)
def test_versions_are_read(text: str, version: tuple[int, int, int]) -> None:
    assert parse_version(text) == version


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(AsteriskError, match="command not found"):
        parse_version("command not found")


def test_a_given_program_is_taken(tmp_path: Path) -> None:
    program = _program(tmp_path / "sbin", "asterisk", "Asterisk 22.10.1")
    found = find_asterisk(tmp_path, AsteriskSettings(program=program))
    assert found == Installation(program=program)
    assert found.command("asterisk") == [str(program)]
    assert found.version == "22.10.1"


def test_a_given_program_that_is_too_old_is_refused(tmp_path: Path) -> None:
    program = _program(tmp_path, "asterisk", "Asterisk 22.9.9")
    with pytest.raises(AsteriskError, match=r"22\.9\.9 is too old, 22\.10\.1"):
        ensure_asterisk(tmp_path, AsteriskSettings(program=program), print)


def test_a_given_program_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match="does not run"):
        find_asterisk(tmp_path, AsteriskSettings(program=tmp_path / "nothing"))


def test_what_is_needed_is_said_when_nothing_can_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AsteriskError, match=r"apt-get and dpkg to fetch one missing.*debian-archive-keyring"):
        fetch_asterisk(tmp_path / "cache", "", print)


def test_an_earlier_fetch_is_taken_without_a_word(tmp_path: Path) -> None:
    root = tmp_path / "asterisk-forky"
    root.mkdir()
    assert fetched_asterisk(tmp_path) is None
    (root / "mercury-fetched.json").write_text(json.dumps({}))
    said: list[str] = []
    assert fetch_asterisk(tmp_path, "", said.append) == root
    assert said == []


def test_a_second_start_waits_for_the_first_ones_fetch(tmp_path: Path) -> None:
    root = tmp_path / "asterisk-forky"
    said: list[str] = []
    waiting = threading.Event()

    def progress(message: str) -> None:
        said.append(message)
        waiting.set()

    with (tmp_path / "asterisk-forky.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: fetch_asterisk(tmp_path, "", progress))
        second.start()
        assert waiting.wait(5)
        root.mkdir()
        (root / "mercury-fetched.json").write_text("{}")
    second.join(5)
    assert not second.is_alive()
    assert said == ["another start is fetching Asterisk: waiting for it"]


def test_the_machines_mirror_is_taken() -> None:
    listed = """http://mirror.example/debian-security/ bookworm-security main
http://mirror.example/ubuntu/ noble main
http://mirror.example/debian/ bookworm-updates main
http://mirror.example/debian/ bookworm contrib
http://mirror.example/debian/ bookworm main
"""
    assert choose_mirror(listed) == "http://mirror.example/debian/"


@pytest.mark.parametrize("listed", ["", "http://mirror.example/ubuntu/ noble main\n", "nonsense\n"])
def test_without_a_debian_mirror_it_says_what_to_set(listed: str) -> None:
    with pytest.raises(AsteriskError, match=r"asterisk\.mirror"):
        choose_mirror(listed)


def test_missing_modules_are_named(tmp_path: Path) -> None:
    for name in REQUIRED[1:]:
        (tmp_path / name).touch()
    with pytest.raises(AsteriskError, match=REQUIRED[0]):
        choose_modules(tmp_path)
    (tmp_path / REQUIRED[0]).touch()
    (tmp_path / "chan_websocket.so").touch()
    assert choose_modules(tmp_path) == (*REQUIRED, "chan_websocket.so")


def test_a_module_that_the_settings_need_is_named(tmp_path: Path) -> None:
    for name in REQUIRED:
        (tmp_path / name).touch()
    with pytest.raises(AsteriskError, match=MEDIA_WEBSOCKET):
        choose_modules(tmp_path, (MEDIA_WEBSOCKET,))


def test_a_program_that_is_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match="no-such-program"):
        Installation(root=tmp_path).command("no-such-program")
