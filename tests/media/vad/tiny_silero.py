"""A model of Silero's shape whose share grows with the loudness of what it hears: half in silence, 1 at a shout."""

from __future__ import annotations

from tests.media.eot.tiny_model import field, node, number, numbers, tensor


def tiny_silero(samples: int = 576) -> bytes:
    """Takes `input` [n, samples], `h` and `c` [1, 1, 128]; gives the share, and both as they came."""
    nodes = (
        node("Abs", "input", "loudness"),
        node("ReduceSum", "loudness", "sum", (numbers("axes", 1), number("keepdims", 0))),
        node("Sigmoid", "sum", "speech_probs"),
        node("Identity", "h", "hn"),
        node("Identity", "c", "cn"),
    )
    taken = (tensor("input", "n", samples), tensor("h", 1, 1, 128), tensor("c", 1, 1, 128))
    given = (tensor("speech_probs", "n"), tensor("hn", 1, 1, 128), tensor("cn", 1, 1, 128))
    graph = b"".join(field(1, one) for one in nodes) + field(2, b"tiny")
    graph += b"".join(field(11, one) for one in taken) + b"".join(field(12, one) for one in given)
    return field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 11))
