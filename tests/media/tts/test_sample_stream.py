from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio.pcm import Pcm
from media.errors import EngineError
from media.tts.sample_stream import SampleStream
from tests.media.tts.wav_bytes import UNKNOWN, wav

SAMPLES = bytes(range(2, 202))
MOST = 100_000


def taken(parts: list[bytes], rate: int = 24_000) -> tuple[list[Pcm], bytes]:
    stream = SampleStream(rate, most_bytes=MOST)
    chunks = [chunk for part in parts if (chunk := stream.feed(part))]
    stream.finish()
    return chunks, b"".join(chunk.samples for chunk in chunks)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(
    st.lists(st.integers(0, 10_000), max_size=12),
    st.sampled_from(["pcm", "wav", "unknown", "zero", "two", "odd", "junk"]),
)
def test_wherever_the_stream_is_cut_its_samples_are_the_same(places: list[int], kind: str) -> None:
    streams = {
        "pcm": SAMPLES,
        "wav": wav(SAMPLES) + b"LIST\x02\0\0\0ab",
        "unknown": wav(SAMPLES, size=UNKNOWN),
        "zero": wav(SAMPLES, size=0),
        "two": wav(SAMPLES[:60]) + wav(SAMPLES[60:]),
        "odd": wav(SAMPLES[:60] + b"\x07", size=61) + b"\0" + wav(SAMPLES[60:]),
        "junk": wav(SAMPLES) + b"junk",
    }
    chunks, samples = taken(cut(streams[kind], places))
    assert samples == SAMPLES
    assert all(len(chunk.samples) % 2 == 0 and chunk.rate == 24_000 for chunk in chunks)


def test_bare_samples_have_the_rate_of_the_option_and_wav_its_own() -> None:
    assert taken([SAMPLES], rate=44_100)[0][0].rate == 44_100
    assert taken([wav(SAMPLES, rate=16_000)], rate=44_100)[0][0].rate == 16_000


def test_two_channels_become_one() -> None:
    stereo = struct.pack("<6h", 100, 300, -200, -400, 0, 50)
    assert taken([wav(stereo, channels=2)])[1] == struct.pack("<3h", 200, -300, 25)


def test_floats_and_wider_samples_become_16_bit() -> None:
    floats = struct.pack("<5f", float("nan"), 0.5, -1.0, 7.0, -7.0)
    expected = struct.pack("<5h", 0, 16384, -32767, 32767, -32767)
    assert taken([wav(floats, tag=3, bits=32)])[1] == expected
    assert taken(cut(wav(floats, tag=3, bits=32, size=UNKNOWN), [47, 59, 61, 66, 70]))[1] == expected
    assert taken([wav(struct.pack("<2i", 1 << 24, -(1 << 30)), bits=32)])[1] == struct.pack("<2h", 256, -(1 << 14))
    assert taken([wav(b"\0\x01\x02\0\0\x80", bits=24)])[1] == struct.pack("<2h", 0x201, -(1 << 15))


def test_the_extensible_format_tells_its_samples_within() -> None:
    form = struct.pack("<HHIIHHHHIH14s", 0xFFFE, 1, 24_000, 96_000, 4, 32, 22, 32, 4, 3, b"\0" * 14)
    head = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(form)) + form + b"data\xff\xff\xff\xff"
    assert taken([head + struct.pack("<f", 0.5)])[1] == struct.pack("<h", 16384)


def test_audio_is_given_before_the_stream_ends() -> None:
    stream = SampleStream(24_000, most_bytes=MOST)
    head = wav(SAMPLES, size=UNKNOWN)
    chunk = stream.feed(head[: -len(SAMPLES) + 5])
    assert chunk
    assert chunk.samples == SAMPLES[:4]


def test_a_last_half_sample_is_left_out() -> None:
    assert taken([SAMPLES, b"\x07"])[1] == SAMPLES


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([wav(SAMPLES)[:-10]], "10 bytes before its data did"),
        ([wav(SAMPLES)[:20]], "within a header"),
        ([wav(SAMPLES, tag=3, bits=64)], "expected PCM of one channel or two, got format 3, 64 bit, 1 channels"),
        ([wav(SAMPLES, tag=6, bits=8)], "got format 6, 8 bit"),
        ([wav(SAMPLES, channels=6)], "got format 1, 16 bit, 6 channels"),
        ([wav(SAMPLES, rate=1_000_000)], "expected 8000 to 48000 Hz, got 1000000"),
        ([b"RIFF\0\0\0\0AVI fmt "], "expected a RIFF stream of WAVE"),
        ([b"RIFF\0\0\0\0WAVEfmt \xff\xff\0\0"], "expected a WAV format of 16 to 64 bytes, got 65535"),
    ],
)
def test_what_is_no_such_audio_is_an_error(parts: list[bytes], reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        taken(parts)


@given(st.binary(max_size=300))
def test_whatever_follows_riff_is_taken_or_refused(data: bytes) -> None:
    try:
        chunks, _ = taken([b"RIFF\0\0\0\0WAVE" + data])
    except EngineError:
        return
    assert all(len(chunk.samples) % 2 == 0 for chunk in chunks)
