"""What of a Parler model Mercury itself looks at: no weights, but a header that tells of them."""

from __future__ import annotations

import json
from pathlib import Path

WEIGHTS = 1000 * 1000 * 21
RATE_HZ = 44_100


def parler_files(folder: Path) -> Path:
    described = folder / "description_tokenizer"
    described.mkdir(parents=True)
    config = {"model_type": "parler_tts", "audio_encoder": {"model_type": "dac", "sampling_rate": RATE_HZ}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer_config.json").write_text("{}", "utf-8")
    for place in (folder, described):
        (place / "tokenizer.json").write_text("{}", "utf-8")
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "a": {"dtype": "F32", "shape": [1000, 1000, 20], "data_offsets": [0, 0]},
            "b": {"dtype": "F32", "shape": [1000, 1000], "data_offsets": [0, 0]},
        }
    ).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    return folder
