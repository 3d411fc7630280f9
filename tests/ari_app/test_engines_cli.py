"""`mercury engines …`: the plans, what runs, and how an operator replaces it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ari_app import cli
from ari_app.ops.running import Running, write_running
from tests.ari_app.ops.api_stub import ApiStub, api_stub

__all__ = ["api_stub"]
LOADING = {"generation": 2, "loads": ["synthesiser kokoro"], "shares": []}


def engines(failure: str = "", *, loading: bool = False) -> dict[str, Any]:
    ear = {"name": "recogniser whisper", "ram_mib": 500, "vram_mib": 1551}
    old = {"number": 1, "stage": "leaving", "calls": 2, "held_by": ["call_1", "call_2"], "engines": [ear]}
    new = {"number": 2, "stage": "current", "calls": 0, "held_by": [], "engines": [ear]}
    return {
        "generations": [old, new],
        "loading": loading,
        "failure": failure,
        "budget_ram_mib": 8000,
        "budget_vram_mib": 11_500,
    }


@pytest.fixture(autouse=True)
def running(api_stub: ApiStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiStub:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".mercury"
    folder.mkdir()
    (folder / "token").write_text("sesame\n", encoding="utf-8")
    write_running(folder, Running(1, api_stub.url, folder / "token", "", "", "", ""))
    return api_stub


def mercury(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["engines", *arguments])


def test_the_plans_are_listed_with_their_tables() -> None:
    result = mercury("profiles")
    assert result.exit_code == 0, result.output
    for name in ("embedded", "maximum-features", "ultra-low-latency", "with-local-llm"):
        assert f"\n{name}: " in f"\n{result.output}"
    assert "missing" not in result.output
    assert "models to be fetched: whisper-large-v3-turbo, kokoro-82m, qwen2.5-7b-instruct-q4_k_m" in result.output


def test_who_holds_what_is_shown(running: ApiStub) -> None:
    running.answers["/admin/engines"] = (200, engines())
    lines = mercury("show").output.splitlines()
    assert lines[0] == "generation 1 (leaving): 2 calls, the longest is call_1"
    assert lines[2].split() == ["recogniser", "whisper", "1,551", "500"]
    assert "generation 2 (current): 0 calls" in lines


def test_a_reload_is_begun_and_waited_for(running: ApiStub, monkeypatch: pytest.MonkeyPatch) -> None:
    running.answers["/admin/engines/reload"] = (202, LOADING)
    running.answers["/admin/engines"] = (200, engines(loading=True))

    def ready(_seconds: float) -> None:
        running.answers["/admin/engines"] = (200, engines())

    monkeypatch.setattr("ari_app.engines_cli.time.sleep", ready)
    result = mercury("reload")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("loads: synthesiser kokoro\nshares: none\ngeneration 1")
    asked = [(request.method, request.path) for request in running.requests]
    assert asked == [("POST", "/admin/engines/reload"), ("GET", "/admin/engines"), ("GET", "/admin/engines")]


def test_a_reload_that_fails_half_way_is_an_error_of_the_command(running: ApiStub) -> None:
    running.answers["/admin/engines/reload"] = (202, LOADING)
    running.answers["/admin/engines"] = (200, engines("kokoro was not loaded within 300 s"))
    result = mercury("reload")
    assert result.exit_code == 1
    assert result.output.endswith("Error: the engines of before stay: kokoro was not loaded within 300 s\n")


def test_what_is_refused_is_shown_as_it_was_said(running: ApiStub) -> None:
    detail = "the engines need more memory than there is\nengine  VRAM MiB\nsum       12,000"
    running.answers["/admin/engines/reload"] = (422, {"detail": detail})
    result = mercury("reload")
    assert result.exit_code == 1
    assert f"Error: 422: {detail}" in result.output
