"""How a Parler model is to be loaded and to speak: checked in Mercury, sent to the worker. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

DTYPES = ("auto", "float32", "bfloat16", "float16")
_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")
_ATTENTION = ("", "eager", "sdpa", "flash_attention_2")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """See `media.tts.parler.Parler`. `threads` 0 and `attention` "" leave the choice to torch and transformers."""

    model: str
    description_tokenizer: str
    device: str = "auto"
    dtype: str = "auto"
    attention: str = ""
    threads: int = 0
    play_steps_s: float = 0.5
    temperature: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not _DEVICE.fullmatch(self.device):
            raise ValueError(f"expected device auto, cpu, cuda or cuda:1, got {self.device!r}")
        for option, value, known in (("dtype", self.dtype, DTYPES), ("attention", self.attention, _ATTENTION)):
            if value not in known:
                raise ValueError(f"expected {option} {', '.join(filter(None, known))}, got {value!r}")
        if self.threads < 0:
            raise ValueError(f"expected cpu_threads of 0 or more, got {self.threads!r}")
        if not 0.1 <= self.play_steps_s <= 5:
            raise ValueError(f"expected play_steps_s of 0.1 to 5 s, got {self.play_steps_s!r}")
        if not 0 < self.temperature <= 2:
            raise ValueError(f"expected a temperature above 0, up to 2, got {self.temperature!r}")
