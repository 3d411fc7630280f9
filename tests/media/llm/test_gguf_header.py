"""What a GGUF says of its model: headers written here byte by byte, whole and broken."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from media.llm.gguf_header import GgufError, Shape, read_header

U32, F32, BOOL, STRING, ARRAY, U64 = 4, 6, 7, 8, 9, 10


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def number(key: str, value: int) -> bytes:
    return pair(key, U32, struct.pack("<I", value))


def strings(key: str, count: int) -> bytes:
    return pair(key, ARRAY, struct.pack("<IQ", STRING, count) + b"".join(text(f"t{n}") for n in range(count)))


def numbers(key: str, *values: int) -> bytes:
    return pair(key, ARRAY, struct.pack(f"<IQ{len(values)}I", U32, len(values), *values))


ARCHITECTURE = pair("general.architecture", STRING, text("qwen2"))
QWEN = (
    ARCHITECTURE,
    number("qwen2.block_count", 28),
    number("qwen2.embedding_length", 3584),
    number("qwen2.feed_forward_length", 18944),
    number("qwen2.attention.head_count", 28),
    number("qwen2.attention.head_count_kv", 4),
    number("qwen2.context_length", 32768),
    pair("qwen2.rope.freq_base", F32, struct.pack("<f", 1e6)),
    pair("tokenizer.ggml.add_bos_token", BOOL, b"\0"),
    pair("general.parameter_count", U64, struct.pack("<Q", 7_000_000_000)),
    strings("tokenizer.ggml.tokens", 2000),
    numbers("tokenizer.ggml.token_type", *range(2000)),
    pair("tokenizer.chat_template", STRING, text("{{ 'हाँ' }}")),
)


def written(folder: Path, *pairs: bytes, version: int = 3, keys: int | None = None, tail: bytes = b"weights") -> Path:
    path = folder / "model.gguf"
    path.write_bytes(
        b"GGUF" + struct.pack("<IQQ", version, 1, len(pairs) if keys is None else keys) + b"".join(pairs) + tail
    )
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_the_shape_is_told_and_the_vocabulary_counted(tmp_path: Path, version: int) -> None:
    path = written(tmp_path, *QWEN, version=version)
    header = read_header(path)
    assert header.shape() == Shape(28, 3584, 18944, 2000, 32768, kv_values=28 * 4 * (128 + 128))
    assert header.shape().kv_bytes == 57_344
    assert header.template == "{{ 'हाँ' }}"
    assert header.size_bytes == path.stat().st_size
    assert "tokenizer.ggml.token_type" not in header.values
    assert header.values["general.parameter_count"] == 7_000_000_000


def test_heads_may_be_told_layer_by_layer_and_have_a_width_of_their_own(tmp_path: Path) -> None:
    header = read_header(
        written(
            tmp_path,
            ARCHITECTURE,
            number("qwen2.block_count", 3),
            number("qwen2.embedding_length", 64),
            number("qwen2.attention.head_count", 4),
            numbers("qwen2.attention.head_count_kv", 1, 2, 1),
            number("qwen2.attention.key_length", 32),
            number("qwen2.attention.value_length", 8),
        )
    )
    assert header.shape().kv_values == 4 * (32 + 8)
    assert header.template == ""


def test_what_is_no_language_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(GgufError, match=r"no language model: no qwen2\.block_count in it"):
        read_header(written(tmp_path, ARCHITECTURE)).shape()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a GGUF file"),
        (b"PK\3\4" + bytes(60), r"expected a GGUF file, which begins with b'GGUF', got b'PK"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "expected GGUF of version 2 or 3, got 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 40), "expected at most 4096 keys"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1), "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 60), "the file ends at byte 32"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + pair("key", 99, b""), "no value has the type 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + pair("key", ARRAY, struct.pack("<IQ", U32, 1 << 50)), "cut short"),
    ],
)
def test_broken_files_are_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(GgufError, match=message):
        read_header(path)


def test_no_header_that_is_cut_short_is_taken_for_whole(tmp_path: Path) -> None:
    whole = written(tmp_path, *QWEN[:8], tail=b"").read_bytes()
    for length in range(24, len(whole), 7):
        path = tmp_path / "cut.gguf"
        path.write_bytes(whole[:length])
        with pytest.raises(GgufError):
            read_header(path)
