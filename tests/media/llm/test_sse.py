"""Server-sent events: however the bytes are cut, the same events come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.llm.sse import EventError, EventStream

STREAM = (
    "\ufeff: a comment\r\n\r\ndata: हाँ\r\n\r\nevent: x\nid: 7\ndata:one\ndata: two\n\n"
    'data\n\nretry: 5\n\ndata: {"a": "b"}\r\r: ping\n\ndata: [DONE]\n\n'
).encode()
DATA = ["हाँ", "one\ntwo", "", '{"a": "b"}', "[DONE]"]


def test_the_data_of_each_event() -> None:
    assert list(EventStream().feed(STREAM)) == DATA


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_may_be_cut_anywhere_in_a_letter_too(cuts: list[int]) -> None:
    events, places = EventStream(), sorted(cuts)
    pieces = [STREAM[begin:end] for begin, end in zip([0, *places], [*places, len(STREAM)], strict=True)]
    assert [data for piece in pieces for data in events.feed(piece)] == DATA


def test_byte_by_byte() -> None:
    events = EventStream()
    assert [data for byte in STREAM for data in events.feed(bytes([byte]))] == DATA


def test_an_event_that_the_end_cut_is_told_at_the_end() -> None:
    events = EventStream()
    assert list(events.feed(b"data: a\n\ndata: b")) == ["a"]
    assert list(events.finish()) == ["b"]
    assert list(EventStream().finish()) == []


@pytest.mark.parametrize("piece", [b"x" * 60, b"data: 0123456789\n" * 6])
def test_an_event_without_an_end_is_refused(piece: bytes) -> None:
    with pytest.raises(EventError, match="at most 50 bytes"):
        list(EventStream(largest_bytes=50).feed(piece))
