from __future__ import annotations

import io

import pytest

from media.workers.wire import HEADER, MAX_PAYLOAD, Frame, Kind, parse_header, read_frame


def test_a_frame_is_read_as_it_was_written() -> None:
    frames = [Frame(Kind.READY), Frame(Kind.CHUNK, 7, b"\0\xff")]
    stream = io.BytesIO(b"".join(frame.encode() for frame in frames))
    assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [*frames, None]


def test_a_frame_that_is_cut_is_the_end() -> None:
    whole = Frame(Kind.DONE, 1, b"audio").encode()
    assert all(read_frame(io.BytesIO(whole[:size])) is None for size in range(len(whole)))


@pytest.mark.parametrize("header", [HEADER.pack(MAX_PAYLOAD + 1, Kind.RUN, 1), HEADER.pack(0, 99, 1)])
def test_headers_that_are_none_are_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match=r"announced|is not a valid Kind"):
        parse_header(header)


def test_too_much_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="at most"):
        Frame(Kind.RUN, 1, bytes(MAX_PAYLOAD + 1)).encode()
