"""Which bridges are played to while Mercury is away."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from ari_app.ops.hold_music import play_to_silent, silent_bridges

CALL = "mercury-node-1-call_5f"


def bridge(name: str, *channels: str) -> dict[str, object]:
    return {"id": name, "channels": list(channels)}


@pytest.mark.parametrize(
    ("found", "silent"),
    [
        (bridge(f"{CALL}-bridge", "170000.1", f"{CALL}-media"), True),
        (bridge(f"{CALL}-bridge", "170000.1", f"{CALL}-media-12"), True),
        (bridge(f"{CALL}-bridge", "170000.1"), True),
        (bridge(f"{CALL}-2-bridge", f"{CALL}-2-leg"), True),
        (bridge(f"{CALL}-bridge", f"{CALL}-leg", f"{CALL}-media"), True),
        (bridge(f"{CALL}-bridge", "170000.1", f"{CALL}-person1-leg"), False),
        (bridge(f"{CALL}-bridge", f"{CALL}-media"), False),
        (bridge(f"{CALL}-bridge"), False),
        (bridge(f"{CALL}-person1-bridge", f"{CALL}-person1-leg", f"{CALL}-person1-media"), False),
        (bridge("mercury-node-2-call_5f-bridge", "170000.1"), False),
        (bridge("conference", "170000.1"), False),
    ],
)
def test_whoever_is_alone_with_mercury_hears_music(found: dict[str, object], silent: bool) -> None:
    assert bool(silent_bridges([found], "node-1")) is silent


@pytest.fixture
def asterisk() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Its base URL, and what it was asked: method, path, credentials."""
    asked: list[tuple[str, str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            asked.append((self.command, self.path, self.headers["Authorization"]))
            bridges = [bridge(f"{CALL}{number}-bridge", "170000.1") for number in range(2)]
            body = json.dumps(bridges).encode() if self.command == "GET" else b""
            self.send_response(200 if self.command == "GET" else 204)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 - as the library calls them

        def log_request(self, code: object = "-", size: object = "-") -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ari", asked
        server.shutdown()


def test_all_of_them_are_played_to(asterisk: tuple[str, list[tuple[str, str, str]]]) -> None:
    url, asked = asterisk
    assert play_to_silent(url, "mercury", "secret", "node-1") == 2
    assert [(method, path) for method, path, _ in asked] == [
        ("GET", "/ari/bridges"),
        ("POST", f"/ari/bridges/{CALL}0-bridge/moh"),
        ("POST", f"/ari/bridges/{CALL}1-bridge/moh"),
    ]
    assert {credentials for *_, credentials in asked} == {"Basic bWVyY3VyeTpzZWNyZXQ="}
