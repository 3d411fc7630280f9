"""Which engines the settings use, in which languages, with which models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.models.errors import ModelError
from ari_app.models.reading import rows
from ari_app.ops.settings import Settings
from ari_app.trials.in_use import in_use, learns, made
from media.errors import EngineUnavailableError
from media.registry import Engines as Kind

MODELS = {
    "ears": {"engine": "faster-whisper", "model": "whisper-large-v3-turbo"},
    "wit": {"engine": "llama-cpp", "model": "qwen2.5-7b-instruct-q4_k_m"},
    "voice": {"engine": "kokoro"},
}


def settings(cache: Path, **engines: Any) -> Settings:
    return Settings.model_validate({"cache_dir": cache, "engines": {"models": MODELS, **engines}})


def test_an_engine_is_asked_in_the_languages_of_its_chains(tmp_path: Path) -> None:
    chains = {"hi": ["ears", "pocketsphinx"], "default": ["pocketsphinx", "ears"]}
    found = {one.name: one for one in in_use(settings(tmp_path, recognisers=chains)) if one.kind is Kind.RECOGNISERS}
    assert dict(found["ears"].languages) == {"en": False, "hi": True, "mr": False}
    assert dict(found["pocketsphinx"].languages) == {"en": True, "hi": False, "mr": True}


def test_engines_are_named_by_their_own_names_or_their_models(tmp_path: Path) -> None:
    given = settings(tmp_path, recognisers=["ears"], minds=["intents", "wit"])
    assert [one.name for one in in_use(given, ["whisper-large-v3-turbo", "intents"])] == ["ears", "intents"]
    with pytest.raises(ModelError, match=r"expected engines of the settings: .*ears.*; got voice, nobody"):
        in_use(given, ["ears", "voice", "nobody"])


def test_who_learns_wants_flows(tmp_path: Path) -> None:
    given = settings(tmp_path)
    (intents,) = in_use(given, ["intents"])
    assert learns(intents, given)
    with pytest.raises(EngineUnavailableError, match="intents learns from the flows' examples"):
        made(intents, given, None)


def test_the_list_says_which_chains_use_a_model(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        recognisers={"hi": ["ears"], "default": ["ears", "pocketsphinx"]},
        synthesisers=["voice", "espeak-ng"],
        end_of_turn=["smart-turn"],
    )
    used = {row.name: row.used_by for row in rows(tmp_path, given.engines) if row.used_by}
    assert used == {
        "whisper-large-v3-turbo": ("recognisers.hi: ears", "recognisers.default: ears"),
        "kokoro-82m": ("synthesisers.default: voice",),
        "smart-turn": ("end_of_turn: smart-turn",),
    }
