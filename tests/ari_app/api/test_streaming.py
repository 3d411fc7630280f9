"""A call's history is followed as it is written, from any line on, until the call has ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from ari_app.api.tail import Tail
from ari_app.client.sse import EventParser, ServerSentEvent
from ari_app.store.listing import Line
from ari_app.store.records import CallEvent, Status
from tests.ari_app.api.conftest import JUPITER, REQUEST, TOKEN, Api, served
from tests.ari_app.store.samples import NOON, End

EVENTS = "/api/voice/calls/call_1/events"
ACCEPT = {"Accept": "text/event-stream"}


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[ServerSentEvent]:
    parser = EventParser()
    async for piece in response.content.iter_any():
        for event in parser.feed(piece):
            yield event


async def test_the_history_comes_then_what_follows_then_the_end(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.event("call_1", "key", {"digit": "1"})
    async with asyncio.timeout(20), api.http.get(EVENTS, headers=ACCEPT) as response:
        assert response.content_type == "text/event-stream"
        stream = told(response)
        first = await anext(stream)
        assert (first.event, json.loads(first.data)["data"]) == ("key", {"digit": "1"})
        await api.store.event("call_1", "said", {"text": "धन्यवाद"})
        second = await anext(stream)
        assert (second.event, json.loads(second.data)["data"]) == ("said", {"text": "धन्यवाद"})
        assert int(second.id) > int(first.id)
        await api.store.finish("call_1", End(Status.COMPLETED), 16, NOON)
        rest = [event async for event in stream]
    assert rest[-1].event == "end"
    assert json.loads(rest[-1].data) == {"status": "completed"}
    assert "finished" in [event.event for event in rest]


async def test_a_reader_comes_again_where_it_was(api: Api) -> None:
    await api.initiate(REQUEST)
    for digit in "123":
        await api.store.event("call_1", "key", {"digit": digit})
    await api.store.finish("call_1", End(), 16, NOON)
    async with api.http.get(EVENTS, headers=ACCEPT) as response:
        all_of_them = [event async for event in told(response)]
    async with api.http.get(EVENTS, headers={**ACCEPT, "Last-Event-ID": all_of_them[1].id}) as response:
        assert [event async for event in told(response)] == all_of_them[2:]


async def test_who_may_not_read_transcripts_gets_no_words(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.event("call_1", "said", {"text": "नमस्ते"})
    await api.store.finish("call_1", End(), 16, NOON)
    answer = await api.send("GET", EVENTS, headers=ACCEPT, token=JUPITER)
    assert "event: said" in answer.text
    assert "नमस्ते" not in answer.text


async def test_there_is_room_for_so_many_streams(tmp_path: Path) -> None:
    async with served(tmp_path, {"max_streams": 1}) as api:
        await api.initiate(REQUEST)
        async with api.http.get(EVENTS, headers=ACCEPT) as response:
            assert response.status == 200
            second = await api.send("GET", EVENTS, headers=ACCEPT)
            assert (second.status, second.headers["Retry-After"]) == (503, "5")
            assert (await api.send("GET", EVENTS)).status == 200


@pytest.mark.parametrize("last", ["x", "-1", "9" * 19])
async def test_an_id_that_is_none_is_refused(api: Api, last: str) -> None:
    await api.initiate(REQUEST)
    answer = await api.send("GET", EVENTS, headers={**ACCEPT, "Last-Event-ID": last})
    assert (answer.status, answer.fields) == (422, ["Last-Event-ID"])


async def test_streams_end_with_the_server(tmp_path: Path) -> None:
    reader = aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"})
    async with served(tmp_path) as api:
        await api.initiate(REQUEST)
        response = await reader.get(api.url + EVENTS, headers=ACCEPT)
    async with asyncio.timeout(5):
        assert await response.content.read() == b"retry: 2000\n\n"
    await reader.close()


def line(number: int) -> Line:
    return Line(number, CallEvent(NOON, "key", {}))


def test_a_line_that_is_committed_out_of_turn_is_told_and_none_twice() -> None:
    tail = Tail(after=2)
    assert [each.id for each in tail.new([line(4), line(5)], 0.0)] == [4, 5]
    assert tail.floor == 2
    assert [each.id for each in tail.new([line(3), line(4), line(5)], 1.0)] == [3]
    tail.new([], 5.5)
    assert tail.floor == 5
