"""The command's way to a running Mercury, and what it says when there is none."""

from __future__ import annotations

import socket
from pathlib import Path

import click
import pytest

from ari_app.ops.remote import Remote
from ari_app.ops.running import Running, write_running
from tests.ari_app.ops.api_stub import ApiStub, api_stub

__all__ = ["api_stub"]


def remote(folder: Path, url: str) -> Remote:
    (folder / "token").write_text("sesame\n", encoding="utf-8")
    write_running(folder, Running(1, url, folder / "token", "", "", "", ""))
    return Remote(folder)


def test_a_document_is_asked_for_with_the_token(api_stub: ApiStub, tmp_path: Path) -> None:
    api_stub.answers["/x"] = (200, {"name": "शर्मा"})
    assert remote(tmp_path, api_stub.url).get("/x") == {"name": "शर्मा"}
    assert api_stub.requests[0].token == "Bearer sesame"


def test_a_document_is_sent(api_stub: ApiStub, tmp_path: Path) -> None:
    api_stub.answers["/x"] = (201, {})
    remote(tmp_path, api_stub.url).post("/x", {"to": "+91"})
    assert api_stub.requests[0].body == {"to": "+91"}


def test_a_refusal_says_what_mercury_said(api_stub: ApiStub, tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match=r"404: .*not found"):
        remote(tmp_path, api_stub.url).get("/y")


def test_what_is_no_json_is_said_so(api_stub: ApiStub, tmp_path: Path) -> None:
    api_stub.answers["/x"] = (200, "<html>")
    with pytest.raises(click.ClickException, match="expected JSON from http"):
        remote(tmp_path, api_stub.url).get("/x")


def test_a_mercury_that_was_killed_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(click.ClickException, match=f"Mercury does not answer at {url}"):
            remote(tmp_path, url).get("/x")


def test_a_token_that_is_gone(api_stub: ApiStub, tmp_path: Path) -> None:
    found = remote(tmp_path, api_stub.url)
    (tmp_path / "token").unlink()
    with pytest.raises(click.ClickException, match=r"can't read the token: .*No such file"):
        found.get("/x")


def test_no_mercury_at_all(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="start one with `make run`"):
        Remote(tmp_path)
