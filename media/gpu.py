"""Whether this machine has a GPU, and how much of its memory is free: by NVIDIA's own `nvidia-smi`."""

from __future__ import annotations

import subprocess
from functools import cache

_COMMAND = ("nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits")
_DEADLINE_S = 10.0


def free_vram_mib() -> int:
    """MiB that are free on the GPU that has most of it; 0 where there is none. Blocks, up to 10 s."""
    try:
        told = subprocess.run(_COMMAND, check=True, capture_output=True, text=True, timeout=_DEADLINE_S).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    return max((int(line) for line in told.splitlines() if line.strip().isdigit()), default=0)


@cache
def has_gpu() -> bool:
    """Whether there is one; found out once."""
    return free_vram_mib() > 0


def on_gpu(device: str) -> bool:
    """Whether a model of this `device` is held by a GPU: "cuda" and "cuda:1" are, "auto" where there is one."""
    return device.partition(":")[0] == "cuda" or (device == "auto" and has_gpu())
