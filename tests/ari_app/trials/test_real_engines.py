"""Tiny models under the catalogue's names, fetched from a hub and put to work by the engines of other packages."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from ari_app import cli
from ari_app.models.catalogue import CATALOGUE
from tests.standins.model_hub import ModelHub


async def mercury(folder: Path, *arguments: str) -> Result:
    given = ["models", *arguments, "--settings", str(folder / "mercury.yaml")]
    return await asyncio.to_thread(CliRunner().invoke, cli.main, given)


def write_settings(folder: Path, hub: ModelHub, **engines: Any) -> None:
    values = {"cache_dir": str(folder / "cache"), "models": {"hub": hub.url}, "engines": engines}
    (folder / "mercury.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def put_folder(hub: ModelHub, repository: str, folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            hub.put(repository, path.relative_to(folder).as_posix(), path.read_bytes(), large=path.suffix == ".bin")


async def put_to_work(folder: Path, model: str, engine: str, *fetch: str) -> dict[str, Any]:
    """Warmed and measured: its figures."""
    assert "FAILED" in (await mercury(folder, "warm", engine)).output
    fetched = await mercury(folder, "fetch", *(fetch or (model,)))
    assert fetched.exit_code == 0, fetched.output
    warm = await mercury(folder, "warm", model)
    assert warm.exit_code == 0, warm.output
    assert "FAILED" not in warm.output
    measured = await mercury(folder, "bench", engine, "--runs", "2", "--json")
    assert measured.exit_code == 0, measured.output
    (told,) = json.loads(measured.stdout)["engines"]
    return dict(told["figures"])


@pytest.mark.skipif(find_spec("huggingface_hub") is None, reason="make test-engines: needs huggingface_hub")
@pytest.mark.skipif(find_spec("parler_tts") is not None, reason="Parler keeps the hub's client off the network")
async def test_the_stand_in_is_a_hub_to_the_hub_s_own_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    huggingface_hub = import_module("huggingface_hub")
    async with ModelHub(token="hf-sesame") as hub:
        hub.put("someone/tiny", "config.json", b"{}")
        hub.put("someone/tiny", "voices/af.pt", b"voice", large=True)
        fetch = partial(huggingface_hub.snapshot_download, "someone/tiny", endpoint=hub.url, token="hf-sesame")
        folder = Path(await asyncio.to_thread(fetch, local_dir=tmp_path / "by-it"))
        asked = {(one.server, one.path, one.authorization) for one in hub.requests}
        hub.requests.clear()
        files = ("--files", "config.json", "--files", "voices/*.pt")
        write_settings(tmp_path, hub)
        monkeypatch.setenv("MERCURY_MODELS__TOKEN", "hf-sesame")
        fetched = await mercury(tmp_path, "fetch", "someone/tiny", "--as", "tiny", *files)
        assert fetched.exit_code == 0, fetched.output
    assert (folder / "voices/af.pt").read_bytes() == b"voice"
    assert {(one.server, one.path, one.authorization) for one in hub.requests} == asked


@pytest.mark.skipif(find_spec("faster_whisper") is None, reason="make test-engines: needs faster-whisper")
async def test_whisper(tmp_path: Path) -> None:
    from tests.media.asr.tiny_whisper import tiny_whisper

    async with ModelHub() as hub:
        put_folder(hub, "mobiuslabsgmbh/faster-whisper-large-v3-turbo", tiny_whisper(tmp_path / "tiny"))
        ears = {"engine": "faster-whisper", "model": "whisper-large-v3-turbo", "device": "cpu", "cpu_threads": 1}
        chains = {"en": ["ears"], "default": []}
        write_settings(tmp_path, hub, recognisers=chains, models={"ears": ears})
        figures = await put_to_work(tmp_path, "whisper-large-v3-turbo", "ears")
    assert figures["result ms"]["runs"] == 2


@pytest.mark.skipif(find_spec("llama_cpp") is None, reason="make test-engines: needs llama-cpp-python")
@pytest.mark.parametrize("split", [0, 4], ids=["one file", "in parts"])
async def test_llama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, split: int) -> None:
    gguf = import_module("gguf")
    monkeypatch.setattr(gguf, "GGUFWriter", partial(gguf.GGUFWriter, split_max_tensors=split))
    from tests.media.llm.tiny_llama import tiny_llama

    (tmp_path / "made").mkdir()
    tiny_llama(tmp_path / "made" / "qwen2.5-7b-instruct-q4_k_m.gguf")
    async with ModelHub() as hub:
        put_folder(hub, "Qwen/Qwen2.5-7B-Instruct-GGUF", tmp_path / "made")
        wit = {"engine": "llama-cpp", "model": "qwen2.5-7b-instruct-q4_k_m"}
        write_settings(tmp_path, hub, minds={"en": ["wit"], "default": []}, models={"wit": wit})
        figures = await put_to_work(tmp_path, "qwen2.5-7b-instruct-q4_k_m", "wit")
    assert figures["first token ms"]["runs"] == 2
    assert len(list((tmp_path / "cache/models/qwen2.5-7b-instruct-q4_k_m").glob("*.gguf"))) == (3 if split else 1)


@pytest.mark.skipif(find_spec("kokoro") is None, reason="make test-engines: needs kokoro")
async def test_kokoro(tmp_path: Path) -> None:
    from tests.media.tts.tiny_kokoro import tiny_kokoro

    async with ModelHub() as hub:
        put_folder(hub, "someone/tiny", tiny_kokoro(tmp_path / "tiny"))
        voice = {"engine": "kokoro", "model": "mine", "device": "cpu"}
        write_settings(tmp_path, hub, synthesisers={"en": ["voice"], "default": []}, models={"voice": voice})
        files = ("--files", "config.json", "--files", "*.pth", "--files", "voices/*.pt")
        figures = await put_to_work(tmp_path, "mine", "voice", "someone/tiny", "--as", "mine", *files)
    assert figures["first audio ms"]["runs"] == 2


@pytest.mark.skipif(find_spec("parler_tts") is None, reason="make test-engines: needs parler-tts")
async def test_parler(tmp_path: Path) -> None:
    make = (sys.executable, "-m", "tests.media.tts.tiny_parler", str(tmp_path))
    await asyncio.to_thread(subprocess.run, make, check=True, capture_output=True)
    whole, described = CATALOGUE["indic-parler-tts"].sources
    async with ModelHub() as hub:
        put_folder(hub, whole.repository, tmp_path / "ending")
        put_folder(hub, described.repository, tmp_path / "ending" / described.folder)
        hub.put(whole.repository, "preprocessor_config.json", b"{}")
        for repository, words in ((whole.repository, "tokenizer.model"), (described.repository, "spiece.model")):
            hub.put(repository, words, b"", large=True)  # of the published models; not what tokenizes here
        hub.commits[whole.revision] = whole.revision
        voice = {"engine": "indic-parler", "model": "indic-parler-tts", "device": "cpu", "python": sys.executable}
        patient = {"first_audio_s": 20, "gap_s": 20, "seed": 7}
        write_settings(
            tmp_path, hub, synthesisers={"hi": ["voice"], "default": []}, models={"voice": {**voice, **patient}}
        )
        figures = await put_to_work(tmp_path, "indic-parler-tts", "voice")
    assert figures["first audio ms"]["runs"] == 2
