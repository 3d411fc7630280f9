"""`mercury models …`, as a person meets it: over real HTTP, and with the embedded engines at real work."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from ari_app import cli
from ari_app.models.catalogue import CATALOGUE
from ari_app.models.wheel import SMART_TURN
from media.audio.wav import write_wav
from tests.ari_app.calls.scene import FLOWS
from tests.media.asr.voice import voiced
from tests.standins.chat import chat_server, says
from tests.standins.model_hub import COMMIT, ModelHub
from tests.standins.transcriptions import TranscriptionServer


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with ModelHub() as server:
        server.put("someone/tiny", "tiny.gguf", b"GGUF" + bytes(5000), large=True)
        yield server


def settings(**sections: Any) -> None:
    Path("mercury.yaml").write_text(yaml.safe_dump({"cache_dir": "cache", **sections}), encoding="utf-8")


def put(path: str, content: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


async def mercury(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli.main, ["models", *arguments])


async def test_a_model_is_fetched_listed_verified_and_removed(hub: ModelHub, tmp_path: Path) -> None:
    minds = {"minds": ["wit", "intents"], "models": {"wit": {"engine": "llama-cpp", "model": "tiny"}}}
    settings(models={"hub": hub.url}, engines=minds)
    result = await mercury("fetch", "someone/tiny", "--as", "tiny", "--files", "*.gguf")
    assert result.exit_code == 0, result.output
    assert result.stdout == "cache/models/tiny/tiny.gguf\n"
    assert "tiny: 1 file, 5.0 kB" in result.stderr

    listed = json.loads((await mercury("list", "--json")).stdout)
    (tiny,) = [row for row in listed if row["name"] == "tiny"]
    assert (tiny["fetched"], tiny["size_bytes"], tiny["commit"]) == ("yes", 5004, COMMIT)
    assert tiny["used_by"] == ["minds.default: wit"]
    assert {row["fetched"] for row in listed if row["name"] != "tiny"} == {"no"}
    plain = (await mercury("list")).stdout
    assert "not for commercial use" in plain and "minds.default: wit" in plain and "wants a token" in plain

    assert (await mercury("verify", "tiny")).stdout == "tiny: 1 files, 5.0 kB, as they were fetched\n"
    put("cache/models/tiny/tiny.gguf", b"GGUF" + bytes(4999) + b"x")
    spoilt = await mercury("verify", "tiny")
    assert spoilt.exit_code == 1
    assert "tiny.gguf: expected SHA-256" in spoilt.output and "mercury models remove tiny" in spoilt.output

    assert "are free again" in (await mercury("remove", "tiny")).stdout
    assert not any(path.is_file() for path in (tmp_path / "cache/models/tiny").rglob("*"))
    assert (await mercury("remove", "tiny")).stdout == "tiny was not there\n"


@pytest.mark.slow
async def test_ctrl_c_keeps_what_came(hub: ModelHub, tmp_path: Path) -> None:
    settings(models={"hub": hub.url})
    hub.stalls.append(4000)
    asked = ("models", "fetch", "someone/tiny", "--as", "tiny", "--files", "*.gguf")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ari_app", *asked),
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        stderr=asyncio.subprocess.PIPE,
    )
    await hub.sending.wait()
    async with asyncio.timeout(20):
        while not any(path.stat().st_size == 4000 for path in (tmp_path / "cache").rglob("*.part")):
            await asyncio.to_thread(time.sleep, 0.01)
    process.send_signal(signal.SIGINT)
    _, told = await process.communicate()
    assert process.returncode == 130
    assert told.decode().endswith("Stopped. What came is kept: the same command goes on with it.\n")
    assert (await mercury(*asked[1:])).exit_code == 0
    assert hub.served["tiny.gguf"] == 5004


async def test_what_broke_off_is_partial_and_the_token_comes_from_the_run_folder(hub: ModelHub) -> None:
    settings(models={"hub": hub.url}, run_dir="run")
    hub.token = "hf-sesame"
    asked = ("fetch", "someone/tiny", "--as", "tiny", "--files", "*.gguf")
    refused = await mercury(*asked)
    assert refused.exit_code == 1
    assert "run_dir/secrets/models-token" in refused.output
    put("run/secrets/models-token", b"hf-sesame\n")
    hub.put("someone/tiny", "tiny.gguf", b"GGUF" + bytes(5000), large=True, told=b"else" + bytes(5000))
    wrong = await mercury(*asked)
    assert wrong.exit_code == 1
    assert "twice: the server has another file than it says" in wrong.output
    assert "sesame" not in wrong.output
    listed = json.loads((await mercury("list", "--json")).stdout)
    assert [row["fetched"] for row in listed if row["name"] == "tiny"] == ["partial"]
    assert (await mercury("verify", "tiny")).exit_code == 1


async def test_nothing_is_fetched_unless_its_terms_are_accepted(hub: ModelHub) -> None:
    settings(models={"hub": hub.url})
    result = await mercury("fetch", "gemma-3-1b-it-q4_k_m")
    assert result.exit_code == 1
    assert "ai.google.dev/gemma/terms" in result.output and "--accept-licence" in result.output
    assert hub.requests == []
    accepted = await mercury("fetch", "gemma-3-1b-it-q4_k_m", "--accept-licence")
    assert "HTTP 404" in accepted.output
    assert (await mercury("fetch", "kokoro-82m", "--as", "x")).exit_code == 2


async def test_all_that_the_settings_use_is_fetched(hub: ModelHub) -> None:
    hub.put("ggml-org/gemma-3-1b-it-GGUF", "gemma-3-1b-it-Q4_K_M.gguf", b"GGUF", large=True)
    for path in ("config.json", "kokoro-v1_0.pth", "voices/af_heart.pt"):
        hub.put("hexgrad/Kokoro-82M", path, b"weights")
    hub.commits |= {source.revision: source.revision for source in CATALOGUE["kokoro-82m"].sources}
    models = {"wit": {"engine": "llama-cpp", "model": "gemma-3-1b-it-q4_k_m"}}
    engines = {"minds": ["wit"], "synthesisers": {"en": ["kokoro"]}, "models": models}
    settings(models={"hub": hub.url}, engines=engines)
    refused = await mercury("fetch", "--used")
    assert "gemma-3-1b-it-q4_k_m is under the licence Gemma" in refused.output
    assert hub.requests == []
    lying = await mercury("fetch", "--used", "--accept-licence")
    assert lying.exit_code == 1
    assert "kokoro-v1_0.pth: expected SHA-256 496dba118d1a58f5f3db2efc88dbdc216e0483fc89fe6e47ee1f2c53f18ad1e4" in (
        lying.output
    )
    settings(models={"hub": hub.url}, engines={**engines, "synthesisers": ["espeak-ng"]})
    well = await mercury("fetch", "--used", "--accept-licence")
    assert well.stdout == "cache/models/gemma-3-1b-it-q4_k_m/gemma-3-1b-it-Q4_K_M.gguf\n"
    assert (await mercury("fetch")).exit_code == 2


async def test_a_model_out_of_a_wheel_is_listed_verified_and_removed() -> None:
    settings()
    path = SMART_TURN.path(Path("cache"))
    put(str(path), b"not it")
    assert "not what it must be" in (await mercury("verify", "smart-turn")).output
    assert "free again" in (await mercury("remove", "smart-turn")).output
    assert not path.exists()


async def test_names_that_are_none_are_refused() -> None:
    settings()
    for arguments in (
        ("fetch", "nobody"),
        ("remove", "../x"),
        ("verify", ".."),
        ("warm", "nobody"),
        ("bench", "nobody"),
    ):
        result = await mercury(*arguments)
        assert result.exit_code == 1, arguments
        assert "expected" in result.output or "not fetched" in result.output


# -- with the engines of the settings ---------------------------------------------------------------------------------


async def test_engines_are_warmed_and_those_that_cannot_be_had_fail() -> None:
    settings(
        engines={"models": {"lost": {"engine": "openai-chat", "url": "nonsense", "model": "x"}}, "minds": ["lost"]}
    )
    result = await mercury("warm")
    assert result.exit_code == 1
    assert "espeak-ng (synthesisers): " in result.output
    assert "MiB of RAM, declares" in result.output
    assert "lost (minds): FAILED: lost: expected a URL" in result.output
    settings(engines={"memory": {"ram_mib": 10}})
    large = await mercury("warm", "espeak-ng")
    assert "more memory than there is, nothing of them was loaded; missing: " in large.output
    settings(engines={"tts_workers": 1})
    well = await mercury("warm", "espeak-ng")
    assert well.exit_code == 0, well.output
    assert "lost" not in well.output


@pytest.mark.slow
async def test_engines_are_measured_at_real_work() -> None:
    settings(engines={"asr_workers": 1, "tts_workers": 1})
    put("flows.yaml", FLOWS.encode())
    result = await mercury("bench", "--runs", "3", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    by_engine = {(one["engine"], one["language"]): one for one in told["engines"]}
    assert set(by_engine) == {
        ("pocketsphinx", "en"),
        *((name, language) for name in ("espeak-ng", "intents", "text") for language in ("en", "hi", "mr")),
    }
    assert "words by espeak-ng, a list of 4" in by_engine["pocketsphinx", "en"]["on"]
    voice = by_engine["espeak-ng", "hi"]["figures"]
    assert voice["first audio ms"]["p50"] > 0
    assert 0 < voice["real-time factor"]["p50"] < 1
    assert by_engine["intents", "en"]["figures"]["decision ms"]["runs"] == 3
    assert list(told["turn_ms"]) == ["en"]


@pytest.mark.parametrize("paced", [False, True])
async def test_a_recogniser_is_measured_on_recordings_of_one_s_own(*, paced: bool) -> None:
    write_wav(Path("track_my_order.wav"), b"".join(voiced(600)))
    server = TranscriptionServer(delay_s=0.02)
    async with server.served():
        ears = {"engine": "openai-transcriptions", "url": server.url, "model": "x"}
        settings(engines={"recognisers": {"en": ["ears"], "default": []}, "models": {"ears": ears}})
        pace = ("--paced",) if paced else ()
        result = await mercury("bench", "ears", "--runs", "2", "--recordings", ".", "--json", *pace)
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)["engines"]
    assert told["on"] == "recordings in ., free speech"
    assert told["figures"]["result ms"]["p50"] >= 20
    assert ("real-time factor" in told["figures"]) is not paced
    assert len(server.asked) == 2
    assert len(server.asked[0].samples) == 600 * 16


async def test_a_mind_that_talks_is_measured_by_token_and_sentence() -> None:
    async with chat_server(says("It is on its way. It comes soon.", first_s=0.02, gap_s=0.01)) as server:
        mind = {"engine": "openai-chat", "url": server.url, "model": "x", "patience_s": 0.001}
        settings(engines={"minds": {"en": ["wit"], "default": []}, "models": {"wit": mind}})
        result = await mercury("bench", "wit", "--runs", "2", "--json")
    assert result.exit_code == 0, result.output
    (wit,) = json.loads(result.stdout)["engines"]
    first, sentence = wit["figures"]["first token ms"]["p50"], wit["figures"]["first sentence ms"]["p50"]
    assert 20 <= first < sentence
    assert 0 < wit["figures"]["tokens/s"]["p50"] <= 100
    assert "beyond its patience of 1" in wit["warnings"][0]


async def test_an_engine_that_fails_is_told_and_the_others_are_measured() -> None:
    async with chat_server(says("", status=500)) as server:
        mind = {"engine": "openai-chat", "url": server.url, "model": "x"}
        settings(engines={"minds": {"en": ["wit"], "default": []}, "models": {"wit": mind}})
        result = await mercury("bench", "wit", "espeak-ng", "--runs", "1")
    assert result.exit_code == 1
    assert "wit (minds, en): wit: POST" in result.output and "HTTP 500" in result.output
    assert "espeak-ng (synthesisers, mr): first audio ms" in result.output
