"""What a Whisper model needs of the machine's memory, from its size and how it is computed."""

from __future__ import annotations

from pathlib import Path

from media.gpu import on_gpu
from media.needs import Need, mib_of

_FILE = "model.bin"
_BYTES_OF_A_WEIGHT = {"int8": 1.1, "int16": 2.0, "float16": 2.0, "bfloat16": 2.0, "default": 2.0, "float32": 4.0}
"""With 8-bit integers a tenth stays wider: scales, norms, the convolutions and what positions have."""
_BYTES_IN_FILE = 2
"""Of a weight: converted models are kept in half precision."""
_MILLIONS = {
    "tiny": 39,
    "base": 74,
    "small": 244,
    "medium": 769,
    "large-v3-turbo": 809,
    "turbo": 809,
    "distil-small": 166,
    "distil-medium": 394,
    "distil-large": 756,
    "large": 1550,
}
"""Weights of the models that were published, by what their names have."""
_CUDA_MIB = 400
"""CUDA's context, cuBLAS and cuDNN: once a model."""
_WORKER_MIB, _WORKER_ON_CPU_MIB = 300, 400
"""What one decoding at once takes beside the weights: 30 s of encoder states, keys and values, workspace.

On a CPU activations are wide; a large-v3-turbo of random weights took 1,769 MiB in all (`python -m bench.true_sizes`).
"""
_HOST_MIB = 500
"""Libraries and buffers of the process, wherever the model is."""


def whisper_need(model: str, device: str, compute_type: str, workers: int) -> Need:
    """Weights (of `model.bin`, else of the name) times their bytes, and room for each worker, where the model is.

    A model whose size can't be known counts as the largest.
    """
    gpu = on_gpu(device)
    computed = ("float16" if gpu else "int8") if compute_type == "auto" else compute_type
    weight_bytes = _BYTES_OF_A_WEIGHT[computed if computed in _BYTES_OF_A_WEIGHT else computed.partition("_")[0]]
    there = (
        mib_of(_weights(model) * weight_bytes)
        + workers * (_WORKER_MIB if gpu else _WORKER_ON_CPU_MIB)
        + (_CUDA_MIB if gpu else 0)
    )
    return Need.placed(there, on_gpu=gpu, ram_mib=_HOST_MIB)


def _weights(model: str) -> float:
    file = Path(model) / _FILE
    if file.is_file():
        return file.stat().st_size / _BYTES_IN_FILE
    name = Path(model).name.lower().replace("whisper-", "")
    known = [part for part in _MILLIONS if part in name]
    return _MILLIONS[max(known, key=len, default="large")] * 1e6
