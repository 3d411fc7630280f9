"""Each token does what its scopes say, as fast as its rates say, and each action leaves a line in the audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ari_app.api.conftest import JUPITER, REQUEST, TOKEN, VIEWER, Api, served

INITIATE = "/api/voice/call/initiate"


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        (VIEWER, "GET", "/api/voice/calls", 200),
        (VIEWER, "GET", "/admin/calls/active", 200),
        (VIEWER, "POST", INITIATE, 403),
        (VIEWER, "POST", "/api/voice/calls/call_1/cancel", 403),
        (VIEWER, "GET", "/api/voice/calls/call_1/recordings", 403),
        (VIEWER, "GET", "/api/voice/calls/call_1/transcript", 403),
        (VIEWER, "GET", "/admin/audit", 403),
        (JUPITER, "POST", INITIATE, 202),
        (JUPITER, "POST", "/admin/flows/reload", 403),
        (JUPITER, "GET", "/api/voice/calls/call_1/recordings/call.wav", 403),
        (TOKEN, "POST", "/admin/flows/reload", 200),
    ],
)
async def test_a_token_does_what_its_scopes_say(api: Api, token: str, method: str, path: str, status: int) -> None:
    answer = await api.send(method, path, token=token, json=REQUEST if path == INITIATE else None)
    assert answer.status == status, answer.body
    if status == 403:
        assert "needs the scope" in answer.body["detail"]


async def test_writes_are_held_to_a_lower_rate_than_reads(tmp_path: Path) -> None:
    async with served(tmp_path, {"writes_per_s": 0.5, "writes_burst": 2, "reads_burst": 9, "reads_per_s": 0.5}) as api:
        answers = [await api.send("POST", INITIATE, json=REQUEST) for _ in range(3)]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert [answer.headers["RateLimit"][:12] for answer in answers] == [
            '"writes";r=1',
            '"writes";r=0',
            '"writes";r=0',
        ]
        assert answers[2].headers["Retry-After"] in {"1", "2"}
        assert answers[2].headers["RateLimit-Policy"] == '"writes";q=2;w=4'
        assert (await api.send("GET", "/api/voice/calls")).status == 200
        assert (await api.send("POST", INITIATE, json=REQUEST, token=JUPITER)).status == 202


async def test_every_action_leaves_a_line_and_no_number(api: Api) -> None:
    await api.send("POST", INITIATE, json=REQUEST, token=JUPITER, headers={"Idempotency-Key": "k"})
    await api.send("POST", INITIATE, json=REQUEST, token=JUPITER, headers={"Idempotency-Key": "k"})
    await api.send("POST", INITIATE, json={"flow": "x"}, token=JUPITER)
    await api.send("POST", "/admin/flows/reload", token=VIEWER)
    await api.send("GET", "/api/voice/calls/call_1")
    await api.send("POST", "/api/voice/calls/call_1/cancel", json={"reason": "late"})
    await api.send("POST", INITIATE, json=REQUEST, token="nobody's")
    page = await api.send("GET", "/admin/audit")
    assert [(line["actor"], line["action"], line["target"], line["status"]) for line in page.body["lines"]] == [
        ("api", "cancel", "call_1", 200),
        ("viewer", "reload_flows", "", 403),
        ("jupiter", "initiate", "", 422),
        ("jupiter", "initiate", "call_1", 202),
        ("jupiter", "initiate", "call_1", 202),
    ]
    assert [line["data"].get("replayed") for line in page.body["lines"][3:]] == [True, False]
    assert {line["remote"] for line in page.body["lines"]} == {"127.0.0.1"}
    assert "9812345678" not in page.text


async def test_the_audit_has_pages_and_filters(api: Api) -> None:
    for _ in range(5):
        await api.send("POST", "/admin/flows/reload")
    await api.send("POST", INITIATE, json=REQUEST, token=JUPITER)
    first = await api.send("GET", "/admin/audit", params={"limit": "4"})
    rest = await api.send("GET", "/admin/audit", params={"limit": "4", "page": first.body["next"]})
    assert (len(first.body["lines"]), len(rest.body["lines"]), rest.body["next"]) == (4, 2, None)
    of_jupiter = await api.send("GET", "/admin/audit", params={"actor": "jupiter", "target": "call_1"})
    assert [line["action"] for line in of_jupiter.body["lines"]] == ["initiate"]
