"""The models that Mercury knows by name: where each is, what it is for, under which licence. Pure data.

Repositories are the model hub's (Hugging Face's layout). A revision is a commit, where one was checked, else a branch:
the commit that it is at is found out first, and kept in the model's manifest. docs/engines.md says what was checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ari_app.models.plan import gigabytes
from ari_app.models.wheel import SMART_TURN, ModelInWheel


class Kind(StrEnum):
    """What a model does."""

    RECOGNISER = "recogniser"
    VOICE = "voice"
    MIND = "mind"
    LANGUAGE = "language identification"
    END_OF_TURN = "end of turn"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Licence:
    """What one may do with a model. One that asks for more than to be named must be accepted before it is fetched."""

    name: str
    terms: str = ""
    """What it asks for, in a few words; "" for licences that let one use it for any purpose."""


APACHE = Licence("Apache-2.0")
MIT = Licence("MIT")
BSD = Licence("BSD-2-Clause")
GEMMA = Licence("Gemma", "Google's Gemma terms of use and its list of forbidden uses: ai.google.dev/gemma/terms")
QWEN_RESEARCH = Licence("Qwen-Research", "not for commercial use")
UNKNOWN = Licence("unknown")


@dataclass(frozen=True, slots=True)
class Source:
    """Files of a repository at a revision, by patterns (`*` also stands for `/`); `folder`: where they are put."""

    repository: str
    files: tuple[str, ...]
    revision: str = "main"
    folder: str = ""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """Of files whose content is known beforehand, whatever the hub says."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the catalogue: its files are in `sources`, or within a package of PyPI."""

    name: str
    kind: Kind
    engine: str
    """The engine that it is for, by its entry point."""
    licence: Licence
    size_bytes: int
    """About."""
    languages: tuple[str, ...]
    good_for: str
    sources: tuple[Source, ...] = ()
    wheel: ModelInWheel | None = None
    gated: bool = False
    """Whether the hub asks for an account that has accepted the model's terms."""


_WHISPER = ("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.*")
_ALL = (
    Model(
        "whisper-large-v3-turbo",
        Kind.RECOGNISER,
        "faster-whisper",
        MIT,
        1_622_000_000,
        ("en", "hi", "mr", "and 96 more"),
        "free speech on a GPU, or few calls on a CPU",
        (Source("mobiuslabsgmbh/faster-whisper-large-v3-turbo", _WHISPER),),
    ),
    Model(
        "distil-whisper-large-v3",
        Kind.RECOGNISER,
        "faster-whisper",
        MIT,
        1_514_000_000,
        ("en",),
        "English alone, somewhat faster",
        (Source("Systran/faster-distil-whisper-large-v3", _WHISPER),),
    ),
    Model(
        "kokoro-82m",
        Kind.VOICE,
        "kokoro",
        APACHE,
        356_000_000,
        ("en", "hi"),
        "a natural voice on a CPU or a small GPU",
        (
            Source(
                "hexgrad/Kokoro-82M",
                ("config.json", "kokoro-v1_0.pth", "voices/*.pt"),
                "daac3db495c69c99500fae6bca0d071ddaa2adee",
                sha256={"kokoro-v1_0.pth": "496dba118d1a58f5f3db2efc88dbdc216e0483fc89fe6e47ee1f2c53f18ad1e4"},
            ),
        ),
    ),
    Model(
        "indic-parler-tts",
        Kind.VOICE,
        "indic-parler",
        APACHE,
        3_763_000_000,
        ("hi", "mr", "en"),
        "Marathi and Hindi with a described speaker, on a GPU",
        (
            Source(
                "ai4bharat/indic-parler-tts",
                (
                    *("config.json", "generation_config.json", "model.safetensors", "preprocessor_config.json"),
                    *("special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json"),
                ),
                "c302b0073a987e92c7c558600c16c408031ad580",
            ),
            Source(
                "google/flan-t5-large",
                ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "spiece.model"),
                folder="description_tokenizer",
            ),
        ),
        gated=True,
    ),
    Model(
        "qwen2.5-7b-instruct-q4_k_m",
        Kind.MIND,
        "llama-cpp",
        APACHE,
        4_683_000_000,
        ("en", "hi"),
        "answers and tools on a 12 GB GPU",
        (Source("Qwen/Qwen2.5-7B-Instruct-GGUF", ("qwen2.5-7b-instruct-q4_k_m*.gguf",)),),
    ),
    Model(
        "qwen2.5-3b-instruct-q4_k_m",
        Kind.MIND,
        "llama-cpp",
        QWEN_RESEARCH,
        2_105_000_000,
        ("en", "hi"),
        "trials where the 7B has no room",
        (Source("Qwen/Qwen2.5-3B-Instruct-GGUF", ("qwen2.5-3b-instruct-q4_k_m*.gguf",)),),
    ),
    Model(
        "gemma-3-4b-it-q4_k_m",
        Kind.MIND,
        "llama-cpp",
        GEMMA,
        2_490_000_000,
        ("en", "hi", "mr"),
        "answers beside a recogniser and a voice on one GPU",
        (Source("ggml-org/gemma-3-4b-it-GGUF", ("gemma-3-4b-it-Q4_K_M.gguf",)),),
    ),
    Model(
        "gemma-3-1b-it-q4_k_m",
        Kind.MIND,
        "llama-cpp",
        GEMMA,
        806_000_000,
        ("en",),
        "the quickest answers",
        (Source("ggml-org/gemma-3-1b-it-GGUF", ("gemma-3-1b-it-Q4_K_M.gguf",)),),
    ),
    Model(
        "voxlingua107",
        Kind.LANGUAGE,
        "speechbrain",
        APACHE,
        85_300_000,
        ("en", "hi", "mr", "and 104 more"),
        "telling the caller's language, for an engine of your own",
        (
            Source(
                "speechbrain/lang-id-voxlingua107-ecapa",
                ("*.ckpt", "hyperparams.yaml", "label_encoder.txt", "config.json"),
                "0253049ae131d6a4be1c4f0d8b0ff483a0f8c8e9",
            ),
        ),
    ),
    Model(
        SMART_TURN.name,
        Kind.END_OF_TURN,
        "smart-turn",
        BSD,
        8_680_000,
        ("en", "hi", "mr", "and 20 more"),
        "telling a pause from the end of a turn",
        wheel=SMART_TURN,
    ),
)
CATALOGUE: Mapping[str, Model] = {model.name: model for model in _ALL}


def how_to_fetch(model: Model) -> str:
    """For who lacks it."""
    accepting = " --accept-licence" if model.licence.terms else ""
    return f"run: mercury models fetch {model.name}{accepting} ({gigabytes(model.size_bytes)})"
