"""Our own Asterisk, really started."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from ari_app.ops.asterisk import AsteriskError, AsteriskProcess, Installation, prepare_asterisk
from ari_app.ops.asterisk.process import running_pid
from tests.conftest import StartAsterisk
from tests.running_asterisk import RunningAsterisk, start_asterisk

pytestmark = pytest.mark.asterisk


async def test_every_module_of_the_list_runs(asterisk: RunningAsterisk) -> None:
    lines = (await asterisk.cli("module show")).splitlines()
    running = {line.split()[0] for line in lines if " Running " in line and "Not Running" not in line}
    assert [name for name in asterisk.prepared.modules if name not in running] == []


@pytest.mark.parametrize(("password", "status"), [(None, 200), ("wrong", 401), ("", 401)])
async def test_ari_knows_its_password(asterisk: RunningAsterisk, password: str | None, status: int) -> None:
    given = asterisk.secrets.ari_password if password is None else password
    headers = {"Authorization": aiohttp.encode_basic_auth(asterisk.settings.asterisk.ari_user, given)}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(asterisk.endpoints.ari_url + "/asterisk/info") as response,
    ):
        assert response.status == status


async def test_no_secret_is_readable_by_others_or_in_the_log(asterisk: RunningAsterisk) -> None:
    folder = asterisk.prepared.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path for path in folder.glob("*.conf") if asterisk.secrets.ari_password in path.read_text()] == []
    assert asterisk.secrets.ari_password not in asterisk.process.complaint()
    keys = [path for path in (folder / "keys").iterdir() if path.suffix == ".key"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in keys] == [0o600]


async def test_nothing_but_what_was_asked_for_listens(asterisk: RunningAsterisk) -> None:
    endpoints = asterisk.endpoints
    expected = {("127.0.0.1", port) for port in (endpoints.ari_port, endpoints.tcp_port, endpoints.tls_port)}
    assert asterisk.listening("tcp") == expected


def _is_alive(pid: int) -> bool:
    """A process that has ended and was not yet waited for has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


async def test_the_log_is_free_of_errors(asterisk: RunningAsterisk) -> None:
    lines = asterisk.process.log_file.read_text().splitlines()
    assert lines, "nothing is logged"
    assert [line for line in lines if " ERROR[" in line and "loader.c" in line] == []


async def test_its_end_is_noticed(own_asterisk: StartAsterisk) -> None:
    running = await own_asterisk()
    assert running.process.pid
    os.kill(running.process.pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        assert await running.process.wait() == -signal.SIGKILL
    assert running.process.pid is None
    await running.process.stop()


async def test_a_second_start_keeps_secrets_and_certificate(tmp_path: Path, installation: Installation) -> None:
    first = await start_asterisk(tmp_path, installation)
    certificate = first.prepared.certificate
    assert certificate
    pem = certificate.certificate.read_bytes()
    await first.process.stop()
    second = await start_asterisk(tmp_path, installation)
    try:
        assert second.secrets == first.secrets
        assert certificate.certificate.read_bytes() == pem
        assert "Asterisk 22" in await second.cli("core show version")
    finally:
        await second.process.stop()


async def _left_behind(folder: Path, installation: Installation) -> int:
    """An Asterisk whose parent is killed, so that nobody stops it: its pid."""
    program = "import asyncio, sys, pathlib, os, signal\n"
    program += "from ari_app.ops.asterisk import Installation\n"
    program += "from tests.running_asterisk import start_asterisk\n"
    program += "root = pathlib.Path(sys.argv[2]) if sys.argv[2] else None\n"
    program += "own = pathlib.Path(sys.argv[3]) if sys.argv[3] else None\n"
    program += "asyncio.run(start_asterisk(pathlib.Path(sys.argv[1]), Installation(root, own)))\n"
    program += "os.kill(os.getpid(), signal.SIGKILL)\n"
    arguments = [str(folder), str(installation.root or ""), str(installation.program or "")]
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, *arguments], check=False, capture_output=True, timeout=60
    )
    orphan = running_pid(folder / "asterisk")
    assert orphan, "no Asterisk was left behind"
    return orphan


async def test_an_asterisk_left_behind_is_adopted_and_stopped_at_the_end(
    tmp_path: Path, installation: Installation
) -> None:
    orphan = await _left_behind(tmp_path, installation)
    running = await start_asterisk(tmp_path, installation)
    try:
        assert (running.process.pid, running.process.adopted) == (orphan, True)
        assert "Asterisk 22" in await running.cli("core show version")
    finally:
        await running.process.stop()
    assert not _is_alive(orphan)
    assert running.process.pid is None


async def test_one_left_behind_with_another_configuration_is_stopped(
    tmp_path: Path, installation: Installation
) -> None:
    orphan = await _left_behind(tmp_path, installation)
    running = await start_asterisk(tmp_path, installation, {"calls": {"fallback_number": "+911140000000"}})
    try:
        assert running.process.pid not in (None, orphan)
        assert not running.process.adopted
        assert running_pid(tmp_path / "asterisk") == running.process.pid
        assert not _is_alive(orphan)
    finally:
        await running.process.stop()


async def test_the_end_of_an_adopted_one_is_noticed(tmp_path: Path, installation: Installation) -> None:
    orphan = await _left_behind(tmp_path, installation)
    running = await start_asterisk(tmp_path, installation)
    os.kill(orphan, signal.SIGKILL)
    async with asyncio.timeout(5):
        await running.process.wait()
    await running.process.start()
    assert running.process.pid not in (None, orphan)
    await running.process.stop()


async def test_a_second_mercury_in_the_same_folder_is_refused(asterisk: RunningAsterisk) -> None:
    with pytest.raises(AsteriskError, match="another Mercury runs in"):
        prepare_asterisk(asterisk.settings, asterisk.secrets, asterisk.installation)
    assert asterisk.process.pid


async def test_one_that_does_not_start_says_why(tmp_path: Path, asterisk: RunningAsterisk) -> None:
    settings = asterisk.settings.model_copy(update={"run_dir": tmp_path})
    prepared = prepare_asterisk(settings, asterisk.secrets, asterisk.installation)
    (prepared.folder / "modules.conf").write_text("[modules]\nautoload = no\nrequire = no_such_module.so\n")
    process = AsteriskProcess(prepared, settings.asterisk.ari_user, asterisk.secrets.ari_password)
    with pytest.raises(AsteriskError, match=r"ended with status 2(?s:.*)no_such_module"):
        await process.start()


def test_a_run_folder_with_too_long_a_path_is_refused(tmp_path: Path, asterisk: RunningAsterisk) -> None:
    settings = asterisk.settings.model_copy(update={"run_dir": tmp_path / ("x" * 100)})
    with pytest.raises(AsteriskError, match="shorter run_dir"):
        prepare_asterisk(settings, asterisk.secrets, asterisk.installation)


def test_the_texts_of_the_recordings_are_at_hand(installation: Installation, rest_api_dir: Path) -> None:
    texts = installation.core_sounds_texts()
    assert texts["goodbye"] == "Goodbye!"
    assert (installation.sounds_dir / "goodbye.wav").exists()
    assert (rest_api_dir / "resources.json").exists()


@pytest.mark.parametrize("program", ["sipp", "baresip"])
async def test_the_test_phones_run(installation: Installation, program: str) -> None:
    flag = "-v" if program == "sipp" else "-h"
    process = await asyncio.create_subprocess_exec(
        *installation.command(program), flag, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert program in output.decode().lower()
