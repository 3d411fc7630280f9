"""The `mercury` command, as a person meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from ari_app import cli
from ari_app.ops.asterisk import AsteriskError
from ari_app.ops.doctor.check import Check, fail, ok, warn
from ari_app.ops.running import Running, write_running
from ari_app.ops.supervisor import CRASHED
from ivr_flows.problems import FlowError, Problem
from tests.ari_app.ops.api_stub import ApiStub, api_stub

__all__ = ["api_stub"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def mercury(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


@pytest.fixture
def running(api_stub: ApiStub, tmp_path: Path) -> ApiStub:
    """A Mercury that runs from the default run folder."""
    folder = tmp_path / ".mercury"
    folder.mkdir()
    (folder / "token").write_text("sesame\n", encoding="utf-8")
    write_running(folder, Running(1, api_stub.url, folder / "token", "", "", "", ""))
    return api_stub


def test_its_version() -> None:
    assert mercury("--version").output.startswith("mercury, version 0.1")


# -- a running Mercury ------------------------------------------------------------------------------------------------


def test_a_call_is_asked_for_with_inputs_as_json_or_text(running: ApiStub) -> None:
    running.answers["/api/voice/call/initiate"] = (201, {"id": "call_1", "status": "queued"})
    arguments = ["--flow", "vendor", "--language", "hi", "--callback-url", "http://127.0.0.1:1/x"]
    inputs = ["--input", "total=485.5", "--input", 'items=["नान"]', "--input", "vendor=शर्मा = co"]
    result = mercury("call", "+919812345678", *arguments, *inputs)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == {"id": "call_1", "status": "queued"}
    (request,) = running.requests
    assert (request.method, request.path, request.token) == ("POST", "/api/voice/call/initiate", "Bearer sesame")
    assert request.body == {
        "flow": "vendor",
        "to": "+919812345678",
        "inputs": {"total": 485.5, "items": ["नान"], "vendor": "शर्मा = co"},
        "language": "hi",
        "callback_url": "http://127.0.0.1:1/x",
    }


def test_what_is_not_said_is_not_sent(running: ApiStub) -> None:
    running.answers["/api/voice/call/initiate"] = (201, {})
    mercury("call", "+919812345678", "--flow", "vendor")
    assert running.requests[0].body == {"flow": "vendor", "to": "+919812345678", "inputs": {}}


def test_an_input_without_a_value_is_refused(running: ApiStub) -> None:
    result = mercury("call", "+919812345678", "--flow", "vendor", "--input", "total")
    assert result.exit_code == 2
    assert "expected KEY=VALUE, got 'total'" in result.output
    assert running.requests == []


def test_a_refusal_is_shown(running: ApiStub) -> None:
    running.answers["/api/voice/call/initiate"] = (422, {"detail": "no flow 'vendor'"})
    result = mercury("call", "+919812345678", "--flow", "vendor")
    assert result.exit_code == 1
    assert "422" in result.output
    assert "no flow 'vendor'" in result.output


def test_live_calls_and_a_call_s_timeline(running: ApiStub) -> None:
    running.answers["/admin/calls/active"] = (200, {"calls": []})
    assert json.loads(mercury("calls").output) == {"calls": []}
    well = {"ok": True, "checks": {"calls": {"ok": True, "detail": "takes calls: 0 of 200 calls"}}}
    running.answers["/healthz"] = (200, well)
    assert json.loads(mercury("health").output) == well
    document = {
        "id": "call_1",
        "flow": "order",
        "language": "en",
        "direction": "inbound",
        "from": "+9198",
        "to": "+9180",
        "status": "completed",
        "outcome": "answered",
        "events": [{"kind": "key", "data": {"ms": 1500, "digit": "4"}}],
    }
    running.answers["/api/voice/calls/call_1"] = (200, document)
    lines = mercury("calls", "call_1").output.splitlines()
    assert lines == ["call_1  order (en)  ← +9198", "     1.500  key      4", "  = completed: answered"]


@pytest.mark.parametrize("arguments", [("calls",), ("call", "+9198", "--flow", "vendor")])
def test_without_a_running_mercury_it_says_so(arguments: tuple[str, ...]) -> None:
    result = mercury(*arguments)
    assert result.exit_code == 1
    assert "no Mercury runs from .mercury: start one with `make run`" in result.output


# -- settings, doctor, Asterisk, demo ---------------------------------------------------------------------------------


def test_settings_that_can_t_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "mercury.yaml").write_text("api: {prot: 80}\n", encoding="utf-8")
    result = mercury("calls")
    assert result.exit_code == 1
    assert "api.prot" in result.output


def test_the_settings_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("run_dir: elsewhere\n", encoding="utf-8")
    assert "no Mercury runs from elsewhere" in mercury("calls", "--settings", "other.yaml").output
    assert mercury("calls", "--settings", "absent.yaml").exit_code == 2


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ([ok("ports", "free"), warn("clock", "late", "set it")], 0),
        ([fail("disk", "full", "x")], 1),
        ([fail("ears", "none", "pip install 'mercury[whisper]'")], 1),
    ],
)
def test_the_doctor_s_findings(checks: list[Check], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ari_app.ops.doctor.run_checks", lambda *_arguments: checks)
    result = mercury("doctor")
    assert result.exit_code == code
    for check in checks:
        assert f"{check.status:>5} {check.name}: {check.found}" in result.output
        assert not check.do or f"→ {check.do}" in result.output


def test_where_asterisk_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        version = "22.10.1"

        @staticmethod
        def command(program: str) -> tuple[str, ...]:
            return ("/usr/sbin/" + program,)

    monkeypatch.setattr("ari_app.ops.asterisk.install.ensure_asterisk", lambda *_arguments: Found())
    assert mercury("asterisk").output == "Asterisk 22.10.1: /usr/sbin/asterisk\n"


def test_the_demo_needs_a_source_checkout() -> None:
    result = mercury("demo")
    assert result.exit_code == 1
    assert "runs from a source checkout" in result.output


# -- run --------------------------------------------------------------------------------------------------------------


def _serving(work: Callable[[], None]) -> Callable[..., Any]:
    async def serve(*_arguments: object) -> None:
        work()

    return serve


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (AsteriskError("Asterisk did not come up"), "Asterisk did not come up"),
        (FlowError([Problem("flows.yaml", 3, 7, "names", "no step 'x'")]), "flows.yaml:3:7"),
        (ExceptionGroup("starting", [ExceptionGroup("", [AsteriskError("no asterisk here")])]), "no asterisk here"),
    ],
)
def test_what_keeps_it_from_running_is_told_in_one_line(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr("ari_app.app.serve", _serving(fails))
    result = mercury("run", "--alone")
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit), result.exception


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise KeyError("x")

    monkeypatch.setattr("ari_app.app.serve", _serving(fails))
    result = mercury("run", "--alone")
    assert result.exit_code == CRASHED
    assert "KeyError: 'x'" in result.output


def test_it_runs_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ari_app.app.serve", _serving(lambda: click.echo("served")))
    result = mercury("run", "--alone")
    assert (result.exit_code, result.output) == (0, "served\n")


# -- flows ------------------------------------------------------------------------------------------------------------


def test_flows_are_checked_each_problem_with_its_place(tmp_path: Path) -> None:
    good = Path(cli.__file__).parents[1] / "flows.yaml"
    assert mercury("flows", "check", str(good)).exit_code == 0
    (tmp_path / "bad.yaml").write_text("flows:\n  a: {languages: [ta]}\n", encoding="utf-8")
    result = mercury("flows", "check", "bad.yaml")
    assert result.exit_code == 1
    assert "bad.yaml:2:" in result.output
