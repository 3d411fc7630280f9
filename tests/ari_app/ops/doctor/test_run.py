"""The doctor: what it finds, and that it says what to do."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk.install import ROOT_VARIABLE
from ari_app.ops.doctor import Check, run_checks
from ari_app.ops.doctor.machine import check_clock, check_disk, check_host_name, check_media_loop, check_secrets
from ari_app.ops.doctor.run import check_memory
from ari_app.ops.doctor.telephony import check_asterisk, check_exotel, check_ports, check_rtp_ports, check_test_trunk
from ari_app.ops.secrets import load_secrets
from ari_app.ops.settings import Settings
from media.native.loading import Native
from media.needs import Need


def _settings(folder: Path, **changes: Any) -> Settings:
    return Settings.model_validate({"run_dir": folder / "run", "cache_dir": folder / "cache", **changes})


def _status(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.status for check in checks}


def test_whatever_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    def broken() -> None:
        raise RuntimeError("no such model")

    def load_flows(path: Path) -> None:
        raise ValueError(f"{path}:3: unknown step")

    def memory() -> tuple[dict[str, Need], Need]:
        return {"mind llm": Need(vram_mib=9000)}, Need(vram_mib=8000)

    checks = run_checks(_settings(tmp_path), {"intents": int, "whisper": broken}, memory, load_flows)
    by_name = {check.name: check for check in checks}
    assert by_name["engines' memory"].found.startswith("missing: 1,000 MiB of VRAM\n      engine")
    assert by_name["engine intents"].status == "ok"
    assert by_name["engine whisper"].found == "RuntimeError: no such model"
    assert "unknown step" in by_name["flows"].found
    assert [check for check in checks if check.status != "ok" and not check.do] == []


def test_engines_that_fit_are_shown_in_the_same_table() -> None:
    check = check_memory({"recogniser whisper": Need(500, 1549)}, Need(8000, 11_500))
    assert check.status == "ok"
    assert [line.split() for line in check.found.splitlines()[2:]] == [
        ["recogniser", "whisper", "1,549", "500"],
        ["sum", "1,549", "500"],
        ["budget", "11,500", "8,000"],
    ]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        checks = check_ports(_settings(tmp_path, api={"port": port}, sip={"udp_port": 0, "tcp_port": 0, "tls_port": 0}))
        found = {check.name: check for check in checks}
    assert found["api.port"].status == "fail"
    assert str(port) in found["api.port"].found
    assert found["sip.udp_port"].status == "ok"


def test_an_asterisk_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 20.1.0\n")
    program.chmod(0o755)
    (check,) = check_asterisk(_settings(tmp_path, asterisk={"program": program}))
    assert (check.status, "20.1.0 is too old" in check.found) == ("fail", True)


@pytest.mark.parametrize(("start", "end", "status"), [(10000, 20000, "ok"), (10000, 10100, "fail"), (0, 0, "ok")])
def test_rtp_ports(tmp_path: Path, start: int, end: int, status: str) -> None:
    assert check_rtp_ports(_settings(tmp_path, asterisk={"rtp_start": start, "rtp_end": end})).status == status


def test_exotel_off_half_and_on(tmp_path: Path) -> None:
    whole = {"account_sid": "a", "exophone": "+91", "edges": ["192.0.2.1"], "allow": ["192.0.2.0/24"]}
    assert _status(list(check_exotel(_settings(tmp_path)))) == {"Exotel": "ok"}
    assert _status(list(check_exotel(_settings(tmp_path, exotel={"account_sid": "a"})))) == {"Exotel": "fail"}
    on_loopback = list(check_exotel(_settings(tmp_path, exotel=whole)))
    assert _status(on_loopback) == {"Exotel": "ok", "SIP address": "fail"}
    reachable = check_exotel(_settings(tmp_path, exotel=whole, sip={"host": str(IPv4Address(0))}))
    assert _status(list(reachable)) == {"Exotel": "ok"}


def test_a_test_trunk_open_to_the_world_is_warned_of(tmp_path: Path) -> None:
    assert check_test_trunk(_settings(tmp_path)).status == "ok"
    assert check_test_trunk(_settings(tmp_path, test_trunk={"allow": ["10.0.0.0/8"]})).status == "warn"


def test_secrets_that_others_may_read(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    load_secrets(settings)
    folder = settings.run_dir / "secrets"
    assert check_secrets(folder).status == "ok"
    (folder / "api-token").chmod(0o640)
    found = check_secrets(folder)
    assert (found.status, "api-token" in found.found) == ("fail", True)


def test_disk_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert "MB free" in check_disk("disk", tmp_path / "not" / "yet").found


def test_a_clock_that_was_never_set() -> None:
    assert check_clock(0).status == "fail"


def test_a_host_name_that_does_not_resolve() -> None:
    assert check_host_name("no-such-host.invalid").status == "warn"


def test_a_media_loop_that_is_not_compiled_is_told_with_what_to_do() -> None:
    assert check_media_loop(Native.USED).status == "ok"
    assert check_media_loop(Native.STALE).status == "warn"
    assert "tools/native" in check_media_loop(Native.MISSING).do
