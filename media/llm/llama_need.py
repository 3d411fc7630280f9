"""What memory a model of llama.cpp takes, told before it is loaded, from its file's header and the options. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from media.llm.gguf_header import Shape
from media.needs import Need, mib_of

_BESIDES_RAM_MIB = 64
"""llama.cpp itself, the vocabulary, the template."""
_BESIDES_VRAM_MIB = 400
"""CUDA's own, once a process uses it."""
_FLOAT = 4


@dataclass(frozen=True, slots=True)
class Placing:
    """How a model is loaded. `gpu_layers` below 0: all. `gpu`: whether there is one that llama.cpp can use."""

    context: int
    batch: int
    gpu_layers: int
    gpu: bool


def need_of(file_bytes: int, shape: Shape, placing: Placing, cache_mib: int) -> Need:
    """The file, keys and values of `context` tokens in half precision, and what a batch is computed in.

    File and keys are split as the layers are (the output counts as one more); the batch is computed where most of
    them are, in `batch` times the width four times, the feed-forward three times and the vocabulary once, in floats. In
    RAM there are, wherever the model is, 64 MiB of llama.cpp's, the table of tokens (a byte a weight) and the cache of
    prompts; on a GPU 400 MiB of CUDA's own.
    """
    layers = shape.layers + 1
    offloaded = layers if placing.gpu_layers < 0 else min(placing.gpu_layers, layers)
    share = offloaded / layers if placing.gpu else 0.0
    held = file_bytes + shape.kv_bytes * placing.context
    computed = placing.batch * (4 * shape.width + 3 * shape.feed_forward + shape.vocabulary) * _FLOAT
    ram = held * (1 - share) + (0 if share else computed)
    besides = _BESIDES_RAM_MIB + cache_mib
    if not share:
        return Need(mib_of(ram) + besides)
    table = shape.vocabulary * shape.width
    return Need(mib_of(ram + table) + besides, mib_of(held * share + computed) + _BESIDES_VRAM_MIB)
