"""The memory plans: each fits a card of 12 GB by what its engines declare, and the operator's settings go before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.models.catalogue import CATALOGUE
from ari_app.ops.engine_profiles import CARD, EMBEDDED, names, profile
from ari_app.ops.engine_settings import EngineSettings
from ari_app.ops.settings import SettingsError, load_settings
from media.asr.pocketsphinx import PocketSphinx
from media.asr.whisper_need import whisper_need
from media.eot.smart_turn import SmartTurn
from media.llm.gguf_header import Shape
from media.llm.llama_need import Placing, need_of
from media.needs import NOTHING, Need, mib_of, total
from media.tts import kokoro
from media.tts.espeak import Espeak
from media.tts.parler_folder import ParlerFolder

PLANS = [name for name in names() if name != EMBEDDED]
SHAPES = {
    "qwen2.5-7b-instruct-q4_k_m": Shape(28, 3584, 18_944, 152_064, 32_768, kv_values=2 * 28 * 4 * 128),
    "gemma-3-4b-it-q4_k_m": Shape(34, 2560, 10_240, 262_208, 131_072, kv_values=2 * 34 * 4 * 256),
    "gemma-3-1b-it-q4_k_m": Shape(26, 1152, 6912, 262_144, 32_768, kv_values=2 * 26 * 1 * 256),
}
"""As the models' own config.json has them: layers, width, feed-forward, vocabulary, context, keys and values."""


def size_of(model: str) -> int:
    """Bytes, as published."""
    return CATALOGUE[model].size_bytes


def whisper(options: dict[str, Any]) -> Need:
    return whisper_need(options["model"], options["device"], options["compute_type"], options.get("workers", 1))


def llama(options: dict[str, Any]) -> Need:
    placing = Placing(options.get("n_ctx", 4096), 128, -1, gpu=True)
    return need_of(size_of(options["model"]), SHAPES[options["model"]], placing, 512)


def parler(options: dict[str, Any]) -> Need:
    folder = ParlerFolder(Path(), Path(), 44_100, weights=size_of(options["model"]) // 4, identity="")
    return folder.need(options["device"], "auto")


def kokoro_need(options: dict[str, Any]) -> Need:
    each = Need(kokoro._LIBRARIES_MIB, mib_of(327_212_226) + kokoro._SENTENCE_MIB + kokoro._CONTEXT_MIB)
    return total([each] * options.get("workers", 1))


FORMULAS = {"faster-whisper": whisper, "llama-cpp": llama, "indic-parler": parler, "kokoro": kokoro_need}


@pytest.mark.parametrize("name", names())
def test_a_plan_fits_a_card_of_12_gb(name: str) -> None:
    assert total(profile(name).needs.values()).beyond(CARD) == NOTHING


@pytest.mark.parametrize("name", PLANS)
def test_it_names_what_each_of_its_engines_declares(name: str) -> None:
    settings, plan = EngineSettings(profile=name), profile(name)
    used = {
        one for chains in (settings.recognisers, settings.synthesisers) for chain in chains.values() for one in chain
    }
    used |= {*settings.end_of_turn, *(one for chain in settings.minds.values() for one in chain if one != "intents")}
    assert set(plan.needs) == used
    for model, chosen in settings.models.items():
        declared, reckoned = plan.needs[model], FORMULAS[chosen.engine](dict(chosen.options))
        assert abs(declared.vram_mib - reckoned.vram_mib) <= 10, (model, reckoned)
        assert abs(declared.ram_mib - reckoned.ram_mib) <= 10, (model, reckoned)


@pytest.mark.parametrize("name", PLANS)
def test_what_it_wants_fetched_is_what_it_uses(name: str) -> None:
    used = {str(model.options["model"]) for model in EngineSettings(profile=name).models.values()}
    assert set(profile(name).fetch) == used | {"smart-turn"}


def test_the_embedded_engines_declare_what_the_plans_say(tmp_path: Path) -> None:
    model = tmp_path / "smart-turn.onnx"
    model.write_bytes(bytes(size_of("smart-turn")))
    needs = profile(PLANS[0]).needs
    assert PocketSphinx(workers=2).need == needs["pocketsphinx"]
    assert Espeak(workers=2).need == needs["espeak-ng"]
    assert SmartTurn(model).need == needs["smart-turn"]


def test_no_profile_is_the_embedded_engines() -> None:
    assert EngineSettings().recognisers == {"default": ("pocketsphinx",)}
    assert EngineSettings() == EngineSettings(profile=EMBEDDED)


def test_one_s_own_settings_go_before_a_plan_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mercury.yaml"
    file.write_text(
        "engines:\n"
        "  profile: with-local-llm\n"
        "  minds: [cloud, intents]\n"
        "  models:\n"
        "    whisper: {languages: [hi]}\n"
        "    cloud: {engine: openai-chat, url: 'http://gpu/v1', model: big}\n"
        "    kokoro: {engine: openai-speech, url: 'http://gpu/v1'}\n"
    )
    monkeypatch.setenv("MERCURY_ENGINES__BREAKER_FAILURES", "7")
    chosen = load_settings(file).engines
    assert chosen.minds == {"default": ("cloud", "intents")}
    assert chosen.recognisers == {"default": ("whisper", "pocketsphinx")}
    assert chosen.models["whisper"].options["languages"] == ["hi"]
    assert chosen.models["whisper"].options["compute_type"] == "int8_float16"
    assert chosen.models["kokoro"].options == {"url": "http://gpu/v1"}
    assert chosen.breaker_failures == 7


def test_the_environment_can_name_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCURY_ENGINES__PROFILE", "ultra-low-latency")
    assert load_settings().engines.recognisers["en"] == ("whisper-english", "pocketsphinx")


def test_a_plan_that_nobody_has_is_refused_with_those_there_are(tmp_path: Path) -> None:
    file = tmp_path / "mercury.yaml"
    file.write_text("engines: {profile: huge}")
    with pytest.raises(
        SettingsError, match="expected one of embedded, maximum-features, ultra-low-latency, with-local"
    ):
        load_settings(file)
