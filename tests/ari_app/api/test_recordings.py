"""Recordings and transcripts are for those who may have them, and no path leads elsewhere."""

from __future__ import annotations

import pytest

from ari_app.store.records import CallEvent
from tests.ari_app.api.conftest import REQUEST, Api
from tests.ari_app.store.samples import NOON, new_call

RECORDINGS = "/api/voice/calls/call_1/recordings"


async def recorded(api: Api) -> None:
    await api.initiate(REQUEST)
    folder = api.recordings / "call_1"
    folder.mkdir(parents=True)
    (folder / "call.wav").write_bytes(b"RIFF0123456789")
    (folder / "call.wav.part").write_bytes(b"half")
    (folder / "notes.txt").write_text("no audio")
    (api.recordings / "secret.wav").write_bytes(b"of another call")
    (folder / "link.wav").symlink_to(api.recordings / "secret.wav")


async def test_whole_recordings_are_listed(api: Api) -> None:
    await recorded(api)
    listed = (await api.send("GET", RECORDINGS)).body["recordings"]
    assert [(file["name"], file["bytes"], file["link"]) for file in listed] == [
        ("call.wav", 14, f"{RECORDINGS}/call.wav")
    ]


async def test_a_recording_is_given_whole_or_in_part(api: Api) -> None:
    await recorded(api)
    async with api.http.get(f"{RECORDINGS}/call.wav") as response:
        assert (response.status, response.content_type, await response.read()) == (
            200,
            "audio/wav",
            b"RIFF0123456789",
        )
    async with api.http.get(f"{RECORDINGS}/call.wav", headers={"Range": "bytes=4-6"}) as response:
        assert (response.status, response.headers["Content-Range"]) == (206, "bytes 4-6/14")
        assert await response.read() == b"012"
    async with api.http.get(f"{RECORDINGS}/call.wav", headers={"Range": "bytes=99-"}) as response:
        assert response.status == 416


@pytest.mark.parametrize(
    "name", ["other.wav", "call.wav.part", "notes.txt", "link.wav", "..%2Fsecret.wav", "%2e%2e%2fsecret.wav", ".."]
)
async def test_nothing_else_is_given(api: Api, name: str) -> None:
    await recorded(api)
    answer = await api.send("GET", f"{RECORDINGS}/{name}")
    assert answer.status == 404
    assert "of another call" not in answer.text


async def test_recordings_of_another_node_are_there(api: Api) -> None:
    await api.store.create(new_call("call_1"))
    assert (await api.send("GET", RECORDINGS)).body == {"recordings": []}
    api.store._node = "node-7"
    await api.store.create(new_call("call_7"))
    answer = await api.send("GET", "/api/voice/calls/call_7/recordings")
    assert answer.status == 409
    assert "node-7" in answer.body["detail"]


async def test_a_transcript_says_who_said_what_and_keeps_what_was_private(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.add_events(
        "call_1",
        [
            CallEvent(NOON, "said", {"ms": 900, "text": "नमस्ते", "complete": True}),
            CallEvent(NOON, "caller_said", {"ms": 3000, "text": "haan", "confidence": 0.9}),
            CallEvent(NOON, "state", {"ms": 3100, "state": "talking"}),
            CallEvent(NOON, "key", {"ms": 4000, "digit": "•"}),
            CallEvent(NOON, "caller_said", {"ms": 5000, "text": ""}),
        ],
    )
    lines = (await api.send("GET", "/api/voice/calls/call_1/transcript")).body["lines"]
    assert [(line["ms"], line["who"], line["kind"], line["text"]) for line in lines] == [
        (900, "agent", "speech", "नमस्ते"),
        (3000, "caller", "speech", "haan"),
        (4000, "caller", "key", "•"),
    ]
