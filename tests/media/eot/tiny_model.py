"""An ONNX model written byte by byte (protobuf, as onnx.proto numbers its fields): the sigmoid of its input's mean."""

from __future__ import annotations

import struct

_FLOAT = 1


def tiny_model(bands: int = 80, frames: int = 800, *, sigmoid: bool = True) -> bytes:
    """Takes `input_features` [n, bands, frames], gives `output` [n, 1]; without `sigmoid` it is no probability."""
    mean = _node("ReduceMean", "input_features", "mean", (_numbers("axes", 1, 2), _number("keepdims", 0)))
    wide = _node("Unsqueeze", "mean", "logits" if sigmoid else "output", (_numbers("axes", 1),))
    last = _node("Sigmoid", "logits", "output")
    nodes = (mean, wide, last) if sigmoid else (mean, wide)
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"tiny")
    graph += _field(11, _tensor("input_features", "n", bands, frames)) + _field(12, _tensor("output", "n", 1))
    opset = _field(1, b"") + _field(2, 11)
    return _field(1, 8) + _field(7, graph) + _field(8, opset)


def _node(kind: str, taken: str, given: str, attributes: tuple[bytes, ...] = ()) -> bytes:
    node = _field(1, taken.encode()) + _field(2, given.encode()) + _field(3, given.encode()) + _field(4, kind.encode())
    return node + b"".join(_field(5, attribute) for attribute in attributes)


def _number(name: str, value: int) -> bytes:
    return _field(1, name.encode()) + _field(3, value) + _field(20, 2)


def _numbers(name: str, *values: int) -> bytes:
    return _field(1, name.encode()) + b"".join(_field(8, value) for value in values) + _field(20, 7)


def _tensor(name: str, *shape: int | str) -> bytes:
    sizes = b"".join(
        _field(1, _field(1, size) if isinstance(size, int) else _field(2, size.encode())) for size in shape
    )
    kind = _field(1, _FLOAT) + _field(2, sizes)
    return _field(1, name.encode()) + _field(2, _field(1, kind))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)
