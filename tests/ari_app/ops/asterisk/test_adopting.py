"""What is kept of a running Asterisk, and how a process that is no child is watched."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ari_app.ops.asterisk.adopting import (
    AdoptedProcess,
    Started,
    command_of,
    digest_of,
    end_left_behind,
    forget_started,
    keep_started,
    read_started,
)
from ari_app.ops.asterisk.claim import Claim
from ari_app.ops.asterisk.endpoints import Endpoints
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.run_folder import hash_password
from ari_app.ops.settings import AsteriskSettings, MediaSettings, Settings, SipSettings

PASSWORD = "secret"
ENDPOINTS = Endpoints("127.0.0.1", 8088, "127.0.0.1", 5060, 5060, 5061, 12000, 12999)
FREE = Settings(
    asterisk=AsteriskSettings(ari_port=0, rtp_start=0, rtp_end=0), sip=SipSettings(udp_port=0, tcp_port=0, tls_port=0)
)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    program = "import time; print('runs', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"runs\n"
        yield process
        process.kill()


@pytest.fixture
def started(sleeper: subprocess.Popen[bytes]) -> Started:
    return Started(sleeper.pid, ENDPOINTS, hash_password(PASSWORD), "digest", command_of(sleeper.pid))


def test_what_is_kept_is_read_again(tmp_path: Path, started: Started) -> None:
    keep_started(tmp_path, started)
    assert read_started(tmp_path) == started
    assert (tmp_path / "started.json").stat().st_mode & 0o77 == 0
    forget_started(tmp_path)
    assert read_started(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1, "endpoints": {}}'])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "started.json").write_text(text, encoding="utf-8")
    assert read_started(tmp_path) is None


def test_one_that_runs_where_it_is_wanted_suits(started: Started) -> None:
    assert started.suits(FREE, PASSWORD)


@pytest.mark.parametrize(
    "changed",
    [
        {"asterisk": AsteriskSettings(ari_port=8089, rtp_start=0)},
        {"sip": SipSettings(udp_port=5070, tcp_port=0, tls_port=0)},
        {"sip": SipSettings(host="0.0.0.0", udp_port=0, tcp_port=0, tls_port=0)},  # noqa: S104 - an address to compare
        {"media": MediaSettings(max_calls=251)},
    ],
)
def test_one_that_runs_elsewhere_does_not(started: Started, changed: dict[str, object]) -> None:
    assert not started.suits(FREE.model_copy(update=changed), PASSWORD)


def test_one_of_another_password_does_not(started: Started) -> None:
    assert not started.suits(FREE, "another")


def test_another_process_of_its_id_does_not(started: Started) -> None:
    assert not replace(started, command=("asterisk", "-f")).suits(FREE, PASSWORD)


def test_one_left_behind_is_ended(tmp_path: Path, started: Started, sleeper: subprocess.Popen[bytes]) -> None:
    keep_started(tmp_path, started)
    assert end_left_behind(tmp_path)
    assert sleeper.wait(10) == -signal.SIGTERM
    assert not end_left_behind(tmp_path)


def test_nobody_else_is_ended_in_its_place(tmp_path: Path, started: Started, sleeper: subprocess.Popen[bytes]) -> None:
    keep_started(tmp_path, replace(started, command=("asterisk", "-f")))
    assert not end_left_behind(tmp_path)
    claim = Claim(tmp_path)
    claim.take()
    with pytest.raises(AsteriskError, match="another Mercury"):
        end_left_behind(tmp_path)
    claim.release()
    assert sleeper.poll() is None


def test_a_digest_tells_configurations_apart() -> None:
    assert digest_of({"a": "1", "b": "2"}) == digest_of({"b": "2", "a": "1"}) != digest_of({"a": "12", "b": ""})


async def test_the_end_of_a_process_is_noticed(sleeper: subprocess.Popen[bytes]) -> None:
    process = AdoptedProcess(sleeper.pid)
    waiting = asyncio.create_task(process.wait())
    await asyncio.sleep(0)
    assert process.returncode is None
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await waiting == 0
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        process.send_signal(signal.SIGKILL)


def test_there_is_no_adopting_one_that_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(ProcessLookupError):
        AdoptedProcess(process.pid)
