"""A Kokoro of random weights, made on the spot in its own files: it loads and speaks as a real one does, without words.

Some widths are fixed in the package (hidden 512, style 128, 1024 in the decoder). All weights are views of one small
pool, so that the file is small too; the names have the prefix that the published file has, and lack what it lacks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WEIGHTS = "kokoro-v1_0.pth"
_POOL = 1 << 15
_MOST_FRAMES = 50
_HERTZ = 150.0
_LOUD, _QUIET = 0.2, -1.5
"""By how much the loudness of each band goes up and down, and around what: logarithms."""
_SYMBOLS = (
    ';:,.!?—…"()“” ̃ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ'
)

TINY: Mapping[str, Any] = {
    "plbert": {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64, "num_hidden_layers": 1},
    "n_layer": 1,
    "frames": 1,
    "istftnet": {
        "upsample_kernel_sizes": [4, 4, 5, 9],
        "upsample_rates": [2, 2, 3, 5],
        "gen_istft_hop_size": 5,
        "gen_istft_n_fft": 20,
        "resblock_dilation_sizes": [[1, 1, 1]],
        "resblock_kernel_sizes": [3],
        "upsample_initial_channel": 512,
    },
}
TRUE: Mapping[str, Any] = {
    "plbert": {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 2048, "num_hidden_layers": 12},
    "n_layer": 3,
    "frames": 3,
    "istftnet": {
        "upsample_kernel_sizes": [20, 12],
        "upsample_rates": [10, 6],
        "gen_istft_hop_size": 5,
        "gen_istft_n_fft": 20,
        "resblock_dilation_sizes": [[1, 3, 5]] * 3,
        "resblock_kernel_sizes": [3, 7, 11],
        "upsample_initial_channel": 512,
    },
}
"""The widths of the published model of 82 million weights. `frames`: of 25 ms, that a phoneme lasts."""


def tiny_kokoro(
    folder: Path,
    voices: Iterable[str] = ("af_heart", "af_bella", "bf_emma", "hf_alpha"),
    sizes: Mapping[str, Any] = TINY,
) -> Path:
    """Write config.json, the weights and voices/*.pt into `folder`."""
    import torch

    (folder / "voices").mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(_config(sizes), ensure_ascii=False))
    random = torch.Generator().manual_seed(1)
    pool = torch.randn(_POOL, generator=random)
    pools = {taken: pool * 2 ** (-taken / 2) for taken in range(20)}
    torch.save(_weights(folder, pools, sizes["frames"]), folder / WEIGHTS)
    for voice in voices:
        style = torch.randn(256, generator=random)
        torch.save(style.expand(510, 1, 256), folder / "voices" / f"{voice}.pt")
    return folder


def _config(sizes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "dim_in": 64,
        "dropout": 0.2,
        "hidden_dim": 512,
        "max_conv_dim": 512,
        "max_dur": _MOST_FRAMES,
        "multispeaker": True,
        "n_layer": sizes["n_layer"],
        "n_mels": 80,
        "n_token": len(_SYMBOLS) + 1,
        "style_dim": 128,
        "text_encoder_kernel_size": 5,
        "plbert": {**sizes["plbert"], "max_position_embeddings": 512, "dropout": 0.1},
        "istftnet": sizes["istftnet"],
        "vocab": {symbol: number for number, symbol in enumerate(_SYMBOLS, 1)},
    }


def _weights(folder: Path, pools: Mapping[int, Any], frames: int) -> dict[str, dict[str, Any]]:
    import torch
    from kokoro import KModel

    torch.save({}, folder / WEIGHTS)
    with torch.device("meta"):
        model = KModel("hexgrad/Kokoro-82M", str(folder / "config.json"), str(folder / WEIGHTS))
    return {
        section: {
            f"module.{name}": _weight(f"{section}.{name}", tuple(like.shape), pools, frames)
            for name, like in getattr(model, section).state_dict().items()
            if ".norm." not in name
        }
        for section in ("bert", "bert_encoder", "predictor", "decoder", "text_encoder")
    }


def _weight(name: str, shape: tuple[int, ...], pools: Mapping[int, Any], frames: int) -> Any:
    """Of about the size that keeps what passes through as large as it was."""
    import torch

    last = name.rpartition(".")[2]
    number = {
        "predictor.duration_proj.linear_layer.bias": math.log(frames / (_MOST_FRAMES - frames)),
        "predictor.F0_proj.bias": _HERTZ,
        "decoder.generator.conv_post.weight_g": _LOUD,
        "decoder.generator.conv_post.bias": _QUIET,
    }.get(name, 1.0 if last in {"weight_g", "gamma"} or (last == "weight" and len(shape) == 1) else 0.0)
    if number or "bias" in last or last == "beta":
        return torch.full((1,), number).expand(shape)
    return _view(pools[round(math.log2(math.prod(shape[1:])))], shape)


def _view(pool: Any, shape: tuple[int, ...]) -> Any:
    """It overlaps itself: there is less of the pool than of the weights."""
    import torch

    return torch.as_strided(pool, shape, [max(1, _POOL // (len(shape) * size)) for size in shape])
