"""The command's way to a running Mercury: its REST interface, found through the run folder."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import click

from ari_app.ops.running import Running, read_running

_DEADLINE_S = 10.0


class Remote:
    """Asks the Mercury that runs from `run_dir`. Failures are `click.ClickException`s that say what to do."""

    def __init__(self, run_dir: Path) -> None:
        self._running = _find(run_dir)

    def get(self, path: str) -> Mapping[str, object]:
        """GET a document."""
        return self._ask(urllib.request.Request(self._running.api_url + path))  # noqa: S310 - our own http address

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """POST a document, and get one."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self._running.api_url + path, data, headers))  # noqa: S310

    def _ask(self, request: urllib.request.Request) -> Mapping[str, object]:
        request.add_header("Authorization", f"Bearer {self._token()}")
        try:
            with urllib.request.urlopen(request, timeout=_DEADLINE_S) as response:  # noqa: S310
                answer: Mapping[str, object] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            raise click.ClickException(f"{error.code}: {_said(error.read().decode(errors='replace'))}") from error
        except (OSError, HTTPException) as error:
            raise click.ClickException(f"Mercury does not answer at {self._running.api_url}: {error}") from error
        except ValueError as error:
            raise click.ClickException(f"expected JSON from {self._running.api_url}: {error}") from error

    def _token(self) -> str:
        try:
            return self._running.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise click.ClickException(f"can't read the token: {self._running.token_file}: {error.strerror}") from error


def _said(body: str) -> str:
    """A problem's own words where it has no more to tell: a table in them keeps its lines."""
    try:
        problem = json.loads(body)
    except ValueError:
        return body
    plain = isinstance(problem, dict) and problem.get("detail") and not problem.get("errors")
    return str(problem["detail"]) if plain else body


def _find(run_dir: Path) -> Running:
    running = read_running(run_dir)
    if running is None:
        raise click.ClickException(f"no Mercury runs from {run_dir}: start one with `make run`")
    return running
