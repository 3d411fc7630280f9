"""Models that onnxruntime runs: loaded for one thread of a CPU, or refused with what mends it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from media.errors import EngineUnavailableError


def onnx_session(name: str, path: Path, *, install: str, fetch: str, arena: bool = True) -> Any:
    """The model of a file, for `name`, as onnxruntime's session. Blocks.

    `install` says how to get the package, `fetch` the file; `arena`: whether it keeps memory for its next answer.
    Raises `EngineUnavailableError`.
    """
    try:
        onnx = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise EngineUnavailableError(install) from error
    if not path.is_file():
        raise EngineUnavailableError(f"{name}: there is no {path}; {fetch}")
    options = onnx.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = arena
    try:
        return onnx.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EngineUnavailableError(f"{name}: {path} can't be loaded ({error}); {fetch}") from error
