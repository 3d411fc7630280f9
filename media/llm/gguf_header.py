"""What a GGUF file says of its model before it is loaded: shape, vocabulary, chat template. Only the header is read.

The layout is that of ggml's specification (docs/gguf.md there), versions 2 and 3, little-endian.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""By the number of the type; 8 is a string, 9 an array."""
_STRING, _ARRAY = 8, 9
_LONGEST_KEPT = 1024
"""Arrays of more values are counted, not kept: a vocabulary is of no use here."""
_MOST_KEYS = 4096
Value = int | float | bool | str | tuple[int | float | bool, ...]


class GgufError(ValueError):
    """The file is no GGUF, or none that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What memory depends on; 0 where the file says nothing."""

    layers: int
    width: int
    feed_forward: int
    vocabulary: int
    context: int
    """Tokens that the model was trained for."""
    kv_values: int
    """Of keys and values together, that all layers keep for one token."""

    @property
    def kv_bytes(self) -> int:
        """Of the cache for one token, in half precision."""
        return 2 * self.kv_values


@dataclass(frozen=True, slots=True)
class Header:
    """A file's metadata, arrays of more than a thousand values aside, and how many values each array has."""

    values: Mapping[str, Value]
    lengths: Mapping[str, int]
    size_bytes: int

    @property
    def architecture(self) -> str:
        """Such as llama or qwen2."""
        return str(self.values.get("general.architecture", ""))

    @property
    def template(self) -> str:
        """The model's chat template (Jinja); "" where it brings none."""
        return str(self.values.get("tokenizer.chat_template", ""))

    def shape(self) -> Shape:
        """The model's shape. Raises `GgufError` for a file that is no language model."""
        layers, width = self._number("block_count"), self._number("embedding_length")
        if not (layers and width):
            raise GgufError(f"it holds no language model: no {self.architecture or 'architecture'}.block_count in it")
        heads = self._number("attention.head_count") or 1
        key = self._number("attention.key_length") or width // heads
        value = self._number("attention.value_length") or width // heads
        return Shape(
            layers,
            width,
            self._number("feed_forward_length"),
            self.lengths.get("tokenizer.ggml.tokens", 0),
            self._number("context_length"),
            self._kv_heads(layers, heads) * (key + value),
        )

    def _kv_heads(self, layers: int, heads: int) -> int:
        """Of all layers together; some models tell them layer by layer."""
        told = self.values.get(f"{self.architecture}.attention.head_count_kv", heads)
        return sum(int(count) for count in told) if isinstance(told, tuple) else int(told) * layers

    def _number(self, key: str) -> int:
        told = self.values.get(f"{self.architecture}.{key}", 0)
        return int(max(told, default=0) if isinstance(told, tuple) else told)


def read_header(path: Path) -> Header:
    """The header of a GGUF file. Raises `GgufError` for other files, `OSError` for those that can't be read."""
    with path.open("rb") as file:
        start = file.read(24)
        if len(start) < 24 or start[:4] != _MAGIC:
            raise GgufError(f"expected a GGUF file, which begins with {_MAGIC!r}, got {start[:4]!r}")
        version, _, keys = struct.unpack_from("<IQQ", start, 4)
        if version not in _VERSIONS:
            raise GgufError(f"expected GGUF of version {' or '.join(map(str, _VERSIONS))}, got {version}")
        if keys > _MOST_KEYS:
            raise GgufError(f"expected at most {_MOST_KEYS} keys in a header, got {keys}")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data, len(start)).header(keys)


class _Reader:
    def __init__(self, data: mmap.mmap, at: int) -> None:
        self._data = data
        self._at = at
        self._lengths: dict[str, int] = {}

    def header(self, keys: int) -> Header:
        try:
            values = dict(pair for _ in range(keys) if (pair := self._pair()))
        except (struct.error, UnicodeDecodeError) as error:
            raise GgufError(f"its header is cut short or broken at byte {self._at}: {error}") from error
        return Header(values, self._lengths, len(self._data))

    def _pair(self) -> tuple[str, Value] | None:
        key, kind = self._string(), int(self._one("I"))
        if kind != _ARRAY:
            return key, self._value(kind)
        kind, count = int(self._one("I")), int(self._one("Q"))
        self._lengths[key] = count
        values = self._array(kind, count)
        return (key, values) if values is not None else None

    def _array(self, kind: int, count: int) -> tuple[int | float | bool, ...] | None:
        """Short ones of numbers; of others only their length is told."""
        if kind == _STRING:
            for _ in range(count):
                self._move(int(self._one("Q")))
            return None
        letter = self._format(kind)
        values = struct.unpack_from(f"<{count}{letter}", self._data, self._at) if count <= _LONGEST_KEPT else None
        self._move(count * struct.calcsize(f"<{letter}"))
        return values

    def _value(self, kind: int) -> Value:
        return self._string() if kind == _STRING else self._one(self._format(kind))

    def _format(self, kind: int) -> str:
        if kind not in _FORMATS:
            raise GgufError(f"its header is broken: no value has the type {kind} (byte {self._at})")
        return _FORMATS[kind]

    def _one(self, letter: str) -> int | float | bool:
        (value,) = struct.unpack_from(f"<{letter}", self._data, self._at)
        self._at += struct.calcsize(f"<{letter}")
        number: int | float | bool = value
        return number

    def _string(self) -> str:
        length = int(self._one("Q"))
        start = self._at
        self._move(length)
        return self._data[start : self._at].decode()

    def _move(self, length: int) -> None:
        self._at += length
        if self._at > len(self._data):
            raise GgufError(f"its header is cut short: the file ends at byte {len(self._data)}, a value goes on")
