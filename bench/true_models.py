"""Models of true size whose weights mean nothing: what they take of memory and time is that of the real ones.

Qwen2.5-7B as Q4_K_M has it (GGUF; the output and half of what Q4_K_M keeps finer in Q6_K, else Q4_K), and Whisper
large-v3-turbo (32 and 4 layers, 1280 wide; with the 80 mel bands and 51,865 tokens of the models before it).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.media.asr.tiny_whisper import tiny_whisper
from tests.media.llm.tiny_llama import CHATML, vocabulary

_BLOCK = 256
_POOL_BLOCKS = 1 << 15
_SPREAD = 0.02
"""Standard deviation of a weight, about."""
_HEAD = 128
_MARKS_AND_BYTES = 256 + 5
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class QwenShape:
    """Qwen2.5's, by its config.json."""

    layers: int = 28
    width: int = 3584
    feed_forward: int = 18944
    kv_heads: int = 4
    vocabulary: int = 152_064
    context: int = 32_768

    def scaled(self, scale: float) -> QwenShape:
        """A smaller one: `scale` of its layers, and of its width in steps of four heads."""
        width = max(1, round(self.width * scale / _BLOCK / 2)) * _BLOCK * 2
        wide = max(1, round(self.feed_forward * scale / _BLOCK)) * _BLOCK
        whole = scale == 1
        return self if whole else QwenShape(max(1, round(self.layers * scale)), width, wide, 4, self.vocabulary)


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]
    kind: str


def qwen(path: Path, shape: QwenShape) -> Path:
    """Write the model to `path`, a tensor at a time."""
    gguf = importlib.import_module("gguf")
    writer = gguf.GGUFWriter(str(path), "qwen2")
    _metadata(writer, shape)
    vocabulary(writer, shape.vocabulary - _MARKS_AND_BYTES)
    writer.add_chat_template(CHATML)
    tensors = list(_tensors(shape))
    for tensor in tensors:
        if tensor.kind == "F32":
            writer.add_tensor_info(tensor.name, tensor.shape, np.dtype(np.float32), 4 * int(np.prod(tensor.shape)))
            continue
        kind = gguf.GGMLQuantizationType[tensor.kind]
        block, size = gguf.GGML_QUANT_SIZES[kind]
        row = tensor.shape[-1] // block * size
        writer.add_tensor_info(
            tensor.name, (tensor.shape[0], row), np.dtype(np.uint8), tensor.shape[0] * row, raw_dtype=kind
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(1)
    pools = {"Q4_K": _q4_k(random), "Q6_K": _q6_k(random)}
    for tensor in tensors:
        writer.write_tensor_data(_content(tensor, pools, random))
    writer.close()
    return path


def whisper_turbo(folder: Path, scale: float = 1.0) -> Path:
    """Write large-v3-turbo's shape, in float16, into `folder`; a text of it has about ten tokens."""
    heads = max(2, round(20 * scale))
    return tiny_whisper(
        folder,
        layers=max(1, round(32 * scale)),
        decoder_layers=max(1, round(4 * scale)),
        size=64 * heads,
        heads=heads,
        quantization="float16",
    )


def _metadata(writer: Any, shape: QwenShape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.width // _HEAD)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)


def _tensors(shape: QwenShape) -> Iterator[_Tensor]:
    width, wide, narrow = shape.width, shape.feed_forward, shape.kv_heads * _HEAD
    yield _Tensor("token_embd.weight", (shape.vocabulary, width), "Q4_K")
    yield _Tensor("output_norm.weight", (width,), "F32")
    yield _Tensor("output.weight", (shape.vocabulary, width), "Q6_K")
    for layer in range(shape.layers):
        finer = "Q6_K" if layer % 2 else "Q4_K"
        parts = (
            *(("attn_q", width, width, "Q4_K"), ("attn_k", narrow, width, "Q4_K"), ("attn_v", narrow, width, finer)),
            *(("attn_output", width, width, "Q4_K"), ("ffn_gate", wide, width, "Q4_K")),
            *(("ffn_up", wide, width, "Q4_K"), ("ffn_down", width, wide, finer)),
        )
        for name, out, taken, kind in parts:
            yield _Tensor(f"blk.{layer}.{name}.weight", (out, taken), kind)
        for name, out in (("attn_q", width), ("attn_k", narrow), ("attn_v", narrow)):
            yield _Tensor(f"blk.{layer}.{name}.bias", (out,), "F32")
        for name in ("attn_norm", "ffn_norm"):
            yield _Tensor(f"blk.{layer}.{name}.weight", (width,), "F32")


def _content(tensor: _Tensor, pools: dict[str, Bytes], random: np.random.Generator) -> NDArray[Any]:
    if tensor.kind == "F32":
        return np.full(tensor.shape, 0.0 if tensor.name.endswith("bias") else 1.0, np.float32)
    pool = pools[tensor.kind]
    rows, blocks = tensor.shape[0], tensor.shape[1] // _BLOCK
    started = int(random.integers(len(pool)))
    return np.take(pool, np.arange(started, started + rows * blocks), axis=0, mode="wrap").reshape(rows, -1)


def _q4_k(random: np.random.Generator) -> Bytes:
    """Blocks of 256 weights d·scale·q - dmin·min, q of 4 bits, scales and mins of 6: around 0 where dmin is 7.5 d."""
    blocks = random.integers(0, 256, (_POOL_BLOCKS, 144), np.uint8)
    step = _SPREAD / 170
    blocks[:, 0:2] = np.frombuffer(np.float16(step).tobytes(), np.uint8)
    blocks[:, 2:4] = np.frombuffer(np.float16(7.5 * step).tobytes(), np.uint8)
    return blocks


def _q6_k(random: np.random.Generator) -> Bytes:
    """Blocks of 256 weights d·scale·(q - 32), q of 6 bits, scales of 8 with a sign."""
    blocks = random.integers(0, 256, (_POOL_BLOCKS, 210), np.uint8)
    blocks[:, 192:208] = random.integers(-16, 16, (_POOL_BLOCKS, 16), np.int8).view(np.uint8)
    blocks[:, 208:210] = np.frombuffer(np.float16(_SPREAD / 170).tobytes(), np.uint8)
    return blocks
