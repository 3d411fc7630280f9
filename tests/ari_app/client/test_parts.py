"""The client's pure parts: server-sent events in pieces of any size, and when a request is sent again."""

from __future__ import annotations

import pytest

from ari_app.client.retrying import Retrying, retry_after_s
from ari_app.client.sse import EventParser, ServerSentEvent

STREAM = "retry: 2000\n\n: heartbeat\n\nid: 7\nevent: said\ndata: {\ndata: नमस्ते}\n\r\nid: 8\ndata:x\n\nevent: lone\n\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_come_whole_whatever_the_pieces(size: int) -> None:
    parser, raw = EventParser(), STREAM.encode()
    events = [event for at in range(0, len(raw), size) for event in parser.feed(raw[at : at + size])]
    assert events == [ServerSentEvent("7", "said", "{\nनमस्ते}"), ServerSentEvent("8", "message", "x")]


def test_waits_grow_are_spread_and_have_an_end() -> None:
    retrying = Retrying(times=3, first_s=1, most_s=3)
    assert [retrying.wait_s(tries, 1.0) for tries in (1, 2, 3, 4)] == [1, 2, 3, None]
    assert retrying.wait_s(2, 0.25) == 0.5
    assert retrying.wait_s(1, 0.5, asked_s=4) == 4.5
    assert retrying.wait_s(1, 0.0, asked_s=9999) == 60


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("-1", None)])
def test_retry_after_in_seconds(header: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": header} if header else {}) == seconds
