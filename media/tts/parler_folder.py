"""The folder of a Parler model: whether all is there, what it needs of memory, and by what to know it again."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.errors import EngineUnavailableError
from media.gpu import on_gpu
from media.needs import Need, mib_of

TOKENIZER_COMMAND = (
    "hf download google/flan-t5-large tokenizer.json tokenizer_config.json special_tokens_map.json spiece.model "
    "--local-dir {folder}"
)
"""The tokenizer of Indic-Parler's descriptions is its text encoder's, which the model's own folder does not have."""
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model")
_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_HEADER_LIMIT = 64 * 1024 * 1024
_SAMPLE = 65_536
_WORK_MIB = 800
"""Keys and values of 30 s (24 layers of 1024: 250 MiB in 16 bits, twice that in 32), and the codec at its work."""
_CUDA_MIB = 700
"""CUDA's context and kernels. Not measured, as `_WORK_MIB`."""
_HOST_MIB = 500
"""The worker's interpreter, torch and transformers (410 MiB beside a model of 4 MiB, on a CPU)."""


@dataclass(frozen=True, slots=True)
class ParlerFolder:
    """A model that is there. `identity` tells it from others; `weights` is their number."""

    path: Path
    description_tokenizer: Path
    rate_hz: int
    weights: int
    identity: str

    def need(self, device: str, dtype: str) -> Need:
        """Weights times the bytes of each, 800 MiB to work with, 700 for CUDA on a GPU; the host's part is 500 MiB."""
        gpu = on_gpu(device)
        computed = ("bfloat16" if gpu else "float32") if dtype == "auto" else dtype
        there = mib_of(self.weights * _BYTES[computed]) + _WORK_MIB + (_CUDA_MIB if gpu else 0)
        return Need.placed(there, on_gpu=gpu, ram_mib=_HOST_MIB)


def parler_folder(name: str, model: str, description_tokenizer: str = "") -> ParlerFolder:
    """What is in the folder `model`. The tokenizer of descriptions is in a folder of its own, in it by default.

    Raises `EngineUnavailableError` that says what is missing, and how to get it.
    """
    path = Path(model).expanduser().absolute()
    files = sorted(path.glob("model*.safetensors"))
    missing = [file for file in ("config.json", "tokenizer_config.json") if not (path / file).is_file()]
    missing += [] if files else ["model.safetensors"]
    if missing or not _tokenizes(path):
        raise EngineUnavailableError(
            f"{name}: {path} is no Parler model: it lacks {', '.join(missing) or _TOKENIZERS[0]}; expected a folder "
            f"such as `hf download ai4bharat/indic-parler-tts --local-dir {path}` makes"
        )
    described = Path(description_tokenizer).expanduser().absolute() if description_tokenizer else None
    described = described or path / "description_tokenizer"
    if not _tokenizes(described):
        raise EngineUnavailableError(
            f"{name}: expected the tokenizer of the text encoder (T5) in {described}, it is not there; fetch it with: "
            f"{TOKENIZER_COMMAND.format(folder=described)}"
        )
    config = _config(name, path / "config.json")
    return ParlerFolder(
        path, described, _rate_hz(name, config), sum(_weights(name, file) for file in files), _identity(path, files)
    )


def _tokenizes(folder: Path) -> bool:
    return any((folder / file).is_file() for file in _TOKENIZERS)


def _config(name: str, file: Path) -> Mapping[str, Any]:
    try:
        config = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnavailableError(f"{name}: {file} can't be read: {error}") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "parler_tts":
        raise EngineUnavailableError(f"{name}: expected a model of the type parler_tts in {file}, got {kind!r}")
    return dict(config)


def _rate_hz(name: str, config: Mapping[str, Any]) -> int:
    codec = config.get("audio_encoder")
    rate = codec.get("sampling_rate") if isinstance(codec, dict) else None
    if not isinstance(rate, int) or not 8000 <= rate <= 48_000:
        raise EngineUnavailableError(
            f"{name}: expected an audio_encoder of 8 to 48 kHz in its config.json, got {rate!r}"
        )
    return rate


def _weights(name: str, file: Path) -> int:
    """Their number, from the header of a safetensors file: its length (8 bytes, little-endian), then JSON."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header = json.loads(opened.read(min(length, _HEADER_LIMIT)))
        return sum(math.prod(tensor["shape"]) for key, tensor in header.items() if key != "__metadata__")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineUnavailableError(f"{name}: {file} is no safetensors file ({error}); fetch it anew") from error


def _identity(path: Path, files: list[Path]) -> str:
    digest = hashlib.sha256((path / "config.json").read_bytes())
    for file in files:
        size = file.stat().st_size
        with file.open("rb") as opened:
            opened.seek(max(0, size - _SAMPLE))
            digest.update(str(size).encode() + opened.read(_SAMPLE))
    return digest.hexdigest()[:16]
