"""The settings' section `engines`: what hears, speaks and understands, with what options, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from ari_app.ops.engine_profiles import EMBEDDED, applied

DEFAULT = "default"
"""In place of a language: all that have no chain of their own."""


def _by_language(given: Any) -> Any:
    """A list is for all languages."""
    if isinstance(given, list | tuple):
        return {DEFAULT: given}
    if not isinstance(given, Mapping):
        raise PydanticCustomError(
            "engine_chain", "expected a list of engines, first choice first, or a mapping of languages to such lists"
        )
    return given


def _distinct(chain: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in chain if chain.count(name) > 1})
    if twice:
        raise ValueError(f"named twice in one chain: {', '.join(twice)}")
    return chain


EngineName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
Chain = Annotated[tuple[EngineName, ...], AfterValidator(_distinct)]
Language = Annotated[str, Field(pattern=rf"^([a-z]{{2}}|{DEFAULT})$")]
Chains = Annotated[dict[Language, Chain], BeforeValidator(_by_language)]


class ModelSettings(BaseModel):
    """An engine with options, under a name that chains use. What is not named here is an option of the engine's."""

    model_config = ConfigDict(extra="allow", frozen=True)

    engine: str = Field(description="Of which engine, as its package calls it (an entry point), e.g. whisper.")
    key: SecretStr | None = Field(
        None,
        description="For engines that want one; else MERCURY_ENGINES__MODELS__NAME__KEY, or secrets/engine-NAME-key.",
    )
    patience_s: float | None = Field(
        None, gt=0, description="Longest wait for its first answer, where another could still be asked."
    )
    only_for: Literal["lists", "free_speech", "choices", "talk"] | None = Field(
        None,
        description="A recogniser for lists or free_speech, a mind for choices or talk: the chain's next do the rest.",
    )
    at_once: int | None = Field(
        None, ge=1, description="Callers that it works for at once; the chain's next work for the others."
    )
    need_ram_mib: int | None = Field(None, ge=0, description="MiB of RAM it takes, where its own reckoning is wrong.")
    need_vram_mib: int | None = Field(None, ge=0, description="The same of its GPU's memory.")
    load_s: float | None = Field(None, gt=0, description="Longest time it may take to be loaded and warmed.")

    @property
    def options(self) -> Mapping[str, Any]:
        """What the engine itself is made with, its key apart."""
        return self.model_extra or {}


class MemorySettings(BaseModel):
    """What all engines together may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vram_mib: int | None = Field(
        None, ge=0, description="MiB of the GPU's memory; what nvidia-smi says is free at the start, when not given."
    )
    ram_mib: int | None = Field(
        None,
        ge=0,
        description="MiB of RAM; what is free at the start, less 1024 (of little, a quarter), when not given.",
    )


class PromptCacheSettings(BaseModel):
    """How much of what was rendered is kept; what was used least recently goes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mib: float = Field(64, ge=0, description="MiB in memory, heard at once: a MiB is 65 s of speech.")
    disk_mib: float = Field(
        512, ge=0, description="MiB under cache_dir/prompts. The flows' fixed prompts are kept, even beyond that."
    )


class EngineSettings(BaseModel):
    """Which engines hear, speak and understand; chains, first choice first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str = Field(
        EMBEDDED, description="A memory plan whose settings hold where these say nothing: `mercury engines profiles`."
    )
    recognisers: Chains = Field(
        {DEFAULT: ("pocketsphinx",)},
        description="A list, or lists by language: {hi: [whisper], default: [pocketsphinx]}.",
    )
    synthesisers: Chains = Field({DEFAULT: ("espeak-ng",)}, description="The same.")
    minds: Chains = Field({DEFAULT: ("intents",)}, description="The same.")
    models: dict[EngineName, ModelSettings] = Field(
        default_factory=dict,
        description="Engines with options, by the names that chains use: {ears: {engine: whisper, model: large-v3}}.",
    )
    memory: MemorySettings = Field(MemorySettings(), description="What the engines together may take.")
    load_s: float = Field(300.0, gt=0, description="Longest time an engine may take to be loaded and warmed.")
    breaker_failures: int = Field(3, ge=1, description="Failures in a row after which an engine is left alone.")
    breaker_open_s: float = Field(15.0, gt=0, description="How long, before one turn goes ahead to find out.")
    language_identifiers: Chain = Field(
        ("text",),
        description="Asked in order which language a turn was in, where the recogniser of one of several can't tell.",
    )
    vad: EngineName = Field("webrtcvad", description="What tells speech from silence: webrtcvad, or silero.")
    prompt_cache: PromptCacheSettings = Field(PromptCacheSettings(), description="Room for rendered prompts.")
    end_of_turn: tuple[str, ...] = Field(
        (), max_length=1, description="The model that judges pauses, e.g. [smart-turn]; none: silence and words alone."
    )
    end_of_turn_model: Path | None = Field(
        None, description="Its file; the one that `mercury models fetch smart-turn` keeps, when not given."
    )
    voices: dict[str, str] = Field(default_factory=dict, description="Voice by language, e.g. {en: en-us}.")
    asr_workers: int = Field(2, ge=1, description="Processes that recognise; each takes one turn at a time.")
    tts_workers: int = Field(2, ge=1, description="Processes that speak.")
    rejection_margin: float = Field(
        0.0, description="Added to a recogniser's own rejection threshold (stricter above 0)."
    )

    @model_validator(mode="before")
    @classmethod
    def _with_profile(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        try:
            return applied(given)
        except LookupError as error:
            raise PydanticCustomError("engine_profile", "profile: {told}", {"told": str(error)}) from error
