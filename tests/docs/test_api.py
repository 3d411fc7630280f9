"""docs/api.md does what it says: its curl lines are sent, and its Python is run, against the real API."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ari_app.store.records import CallEvent, Direction, Status
from tests.ari_app.api.conftest import TOKEN, Api, served
from tests.ari_app.store.samples import NOON, End, new_call

_PAGE = Path("docs/api.md").read_text(encoding="utf-8")
_LINE = re.compile(r"^curl (?:[^\n]*\\\n|[^\n']*'[^']*'|[^\n'])*", re.MULTILINE)
_OURS = re.compile(r"/(initiate|calls|calls/\$CALL[^ ]*|active|flows/reload|healthz|audit[^ ]*)(\"|\?| |$)")


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with served(tmp_path) as api:
        await api.store.create(new_call("live"))
        await api.store.create(new_call("call_5f0c", direction=Direction.INBOUND))
        await api.store.answered("call_5f0c", NOON)
        folder = api.recordings / "call_5f0c"
        folder.mkdir(parents=True)
        (folder / "call.wav").write_bytes(b"RIFF")
        yield api


def curls() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in _LINE.findall(block) if _OURS.search(line)]


def request(line: str) -> tuple[str, str, dict[str, str], Any]:
    """Method, address, headers and body of a curl line."""
    words = shlex.split(line.replace("\\\n", " "), comments=True)[1:]
    method, address, headers, body = "", "", {}, None
    given = iter(words)
    for word in given:
        match word:
            case "-X":
                method = next(given)
            case "-H":
                name, _, value = next(given).partition(": ")
                headers[name] = value
            case "-d":
                body = json.loads(next(given))
            case "-o":
                next(given)
            case _ if word.startswith("$API"):
                address = word.removeprefix("$API").replace("$CALL", "call_5f0c")
    return method or ("POST" if body is not None else "GET"), address, headers, body


@pytest.mark.parametrize("line", curls(), ids=lambda line: shlex.split(line, comments=True)[2][:60])
async def test_a_curl_line_does_what_it_says(api: Api, line: str) -> None:
    method, address, headers, body = request(line)
    if "stream" in headers.get("Accept", "") or "cancel" in address:
        await api.store.finish("call_5f0c", End(Status.CANCELED, "canceled"), 16, NOON)
    assert headers.pop("Authorization", "Bearer $TOKEN") == "Bearer $TOKEN"
    answer = await api.send(method, address, headers=headers, json=body)
    assert answer.status < 300, answer.text


def test_all_kinds_of_lines_are_found() -> None:
    asked = {(request(line)[0], request(line)[1].partition("?")[0]) for line in curls()}
    assert {
        ("POST", "/api/voice/call/initiate"),
        ("GET", "/api/voice/calls"),
        ("PATCH", "/api/voice/calls/call_5f0c"),
        ("GET", "/api/voice/calls/call_5f0c/transcript"),
        ("GET", "/admin/audit"),
    } <= asked


async def test_the_python_of_the_page_runs(api: Api) -> None:
    code = next(
        block for block in re.findall(r"^```python\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE) if "Mercury" in block
    )
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own
    confirm: Callable[..., Awaitable[str]] = names["confirm"]
    order: dict[str, Any] = {"phone": "+919812345678", "inputs": {"order_id": "A17", "total": "many"}}
    assert (await confirm(api.url, TOKEN, order)).startswith("inputs.total: ")
    order["inputs"]["total"] = 450

    async def end_it(call_id: str) -> None:
        await api.store.add_events(call_id, [CallEvent(NOON, "key", {"digit": "1"})])
        await api.store.finish(call_id, End(Status.COMPLETED, "confirmed"), 16, NOON)

    api.on_queued = end_it
    assert await confirm(api.url, TOKEN, order) == "confirmed"
