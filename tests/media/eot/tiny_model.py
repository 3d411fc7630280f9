"""An ONNX model written byte by byte (protobuf, as onnx.proto numbers its fields): the sigmoid of its input's mean."""

from __future__ import annotations

import struct

_FLOAT = 1


def tiny_model(bands: int = 80, frames: int = 800, *, sigmoid: bool = True) -> bytes:
    """Takes `input_features` [n, bands, frames], gives `output` [n, 1]; without `sigmoid` it is no probability."""
    mean = node("ReduceMean", "input_features", "mean", (numbers("axes", 1, 2), number("keepdims", 0)))
    wide = node("Unsqueeze", "mean", "logits" if sigmoid else "output", (numbers("axes", 1),))
    last = node("Sigmoid", "logits", "output")
    nodes = (mean, wide, last) if sigmoid else (mean, wide)
    graph = b"".join(field(1, node) for node in nodes) + field(2, b"tiny")
    graph += field(11, tensor("input_features", "n", bands, frames)) + field(12, tensor("output", "n", 1))
    opset = field(1, b"") + field(2, 11)
    return field(1, 8) + field(7, graph) + field(8, opset)


def node(kind: str, taken: str, given: str, attributes: tuple[bytes, ...] = ()) -> bytes:
    node = field(1, taken.encode()) + field(2, given.encode()) + field(3, given.encode()) + field(4, kind.encode())
    return node + b"".join(field(5, attribute) for attribute in attributes)


def number(name: str, value: int) -> bytes:
    return field(1, name.encode()) + field(3, value) + field(20, 2)


def numbers(name: str, *values: int) -> bytes:
    return field(1, name.encode()) + b"".join(field(8, value) for value in values) + field(20, 7)


def tensor(name: str, *shape: int | str) -> bytes:
    sizes = b"".join(field(1, field(1, size) if isinstance(size, int) else field(2, size.encode())) for size in shape)
    kind = field(1, _FLOAT) + field(2, sizes)
    return field(1, name.encode()) + field(2, field(1, kind))


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)
