"""A REST interface that answers as it is told, over real HTTP, in a thread of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    token: str
    body: Any


@dataclass
class ApiStub:
    """`answers`: path → (status, document or text)."""

    url: str = ""
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)


@pytest.fixture
def api_stub() -> Iterator[ApiStub]:
    """It, on a free port."""
    stub = ApiStub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            stub.requests.append(Request(self.command, self.path, self.headers["Authorization"], body))
            status, document = stub.answers.get(self.path, (404, {"detail": "not found"}))
            data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield stub
    server.shutdown()
    thread.join()
    server.server_close()
