"""`mercury callbacks` and `mercury secrets`, as an operator types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.ops.running import Running, write_running
from tests.ari_app.ops.api_stub import ApiStub, api_stub

__all__ = ["api_stub"]


@pytest.fixture
def running(api_stub: ApiStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiStub:
    monkeypatch.chdir(tmp_path)
    folder = Path(".mercury")
    folder.mkdir()
    (folder / "token").write_text("sesame\n", encoding="utf-8")
    write_running(folder, Running(1, api_stub.url, folder / "token", "", "", "", ""))
    return api_stub


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_dead_letters_are_listed(running: ApiStub) -> None:
    running.answers["/admin/callbacks?status=dead&limit=50"] = (200, {"callbacks": [{"id": "msg_1"}], "next": None})
    shown = run("callbacks", "list")
    assert shown.exit_code == 0, shown.output
    assert '"id": "msg_1"' in shown.output


def test_some_are_sent_again_by_their_ids(running: ApiStub) -> None:
    for number in (1, 2):
        running.answers[f"/admin/callbacks/msg_{number}/resend"] = (202, {"id": f"msg_{number}"})
    assert run("callbacks", "resend", "msg_1", "msg_2").exit_code == 0
    assert [request.path[-12:] for request in running.requests] == ["msg_1/resend", "msg_2/resend"]


def test_all_are_sent_again_when_that_is_said(running: ApiStub) -> None:
    running.answers["/admin/callbacks/resend"] = (202, {"ids": []})
    assert run("callbacks", "resend", "--all", "--type", "call.result", "--limit", "7").exit_code == 0
    assert running.requests[0].body == {"type": "call.result", "url": "", "limit": 7}
    assert run("callbacks", "resend").exit_code == run("callbacks", "resend", "--all", "msg_1").exit_code == 2
    assert len(running.requests) == 1


def test_the_webhook_secret_is_replaced_in_two_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rotated = run("secrets", "rotate-webhook")
    assert rotated.exit_code == 0
    new = rotated.stdout.strip()
    kept = Path(".mercury/secrets/webhook-secret")
    assert [secret == new for secret in kept.read_text().split()] == [True, False]
    assert "retire the old one first" in run("secrets", "rotate-webhook").output
    assert run("secrets", "retire-webhook").exit_code == 0
    assert kept.read_text().split() == [new]
