"""Settings name a model; the engine is given its path, or the person is told how to have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.engines import making
from ari_app.engines.making import recipe
from ari_app.models.shelf import KeptFile, Manifest, Shelf
from ari_app.models.wheel import SMART_TURN
from ari_app.ops.settings import Settings
from media.errors import EngineUnavailableError
from media.registry import Engines as Kind


class Local:
    """Loads its model itself."""

    def __init__(self, *, name: str, model: str = "kokoro-82m") -> None:
        self.name, self.model = name, model


class Remote:
    """Asks a server for a model that the server calls so."""

    def __init__(self, *, name: str, url: str, model: str = "") -> None:
        self.name, self.url, self.model = name, url, model


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, type[Any]] = {"local": Local, "remote": Remote}
    monkeypatch.setattr(making, "engine", lambda kind, name: known[name])


def fetched(cache: Path, name: str, *files: str) -> Path:
    shelf = Shelf.of(cache)
    folder = shelf.folder(name)
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"abc")
    shelf.write(Manifest(name, "MIT", (), tuple(KeptFile(file, 3, "0" * 64) for file in files)))
    return folder


def model_of(cache: Path, **options: Any) -> Any:
    settings = Settings.model_validate(
        {"cache_dir": cache, "engines": {"models": {"x": {"engine": "local", **options}}}}
    )
    return recipe(Kind.SYNTHESISERS, "x", settings).make().model


def test_a_fetched_model_s_name_becomes_its_folder(tmp_path: Path) -> None:
    folder = fetched(tmp_path, "my-voice", "config.json", "model.bin")
    assert model_of(tmp_path, model="my-voice") == str(folder)


@pytest.mark.parametrize(
    ("files", "given"),
    [
        (["small.gguf"], "small.gguf"),
        (["b-00002-of-00002.gguf", "b-00001-of-00002.gguf"], "b-00001-of-00002.gguf"),
        (["one.gguf", "two.gguf"], ""),
        (["one.gguf", "config.json"], ""),
    ],
)
def test_a_model_that_is_one_gguf_becomes_that_file(tmp_path: Path, files: list[str], given: str) -> None:
    folder = fetched(tmp_path, "mind", *files)
    assert model_of(tmp_path, model="mind") == str(folder / given)


def test_the_default_of_an_engine_is_a_name_too(tmp_path: Path) -> None:
    folder = fetched(tmp_path, "kokoro-82m", "config.json")
    assert model_of(tmp_path) == str(folder)


def test_a_model_of_the_catalogue_that_is_not_there_says_how_to_have_it(tmp_path: Path) -> None:
    with pytest.raises(
        EngineUnavailableError,
        match=r"engine 'x': the model kokoro-82m is not fetched; run: mercury models fetch kokoro-82m \(356 MB\)",
    ):
        model_of(tmp_path, model="kokoro-82m")
    with pytest.raises(EngineUnavailableError, match=r"fetch gemma-3-1b-it-q4_k_m --accept-licence \(806 MB\)"):
        model_of(tmp_path, model="gemma-3-1b-it-q4_k_m")


def test_a_model_that_is_not_whole_is_none(tmp_path: Path) -> None:
    (fetched(tmp_path, "kokoro-82m", "config.json") / "config.json").write_bytes(b"a")
    with pytest.raises(EngineUnavailableError, match="kokoro-82m is not whole; run: mercury models fetch kokoro-82m"):
        model_of(tmp_path, model="kokoro-82m")


def test_paths_and_names_that_only_the_engine_knows_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kokoro-82m").mkdir()
    for model in ("large-v3-turbo", "/models/x", "./kokoro-82m", "kokoro-82m", "Systran/faster-whisper-small", ""):
        assert model_of(tmp_path, model=model) == model


def test_what_a_server_calls_a_model_is_the_server_s(tmp_path: Path) -> None:
    models = {"x": {"engine": "remote", "url": "http://127.0.0.1:1/v1", "model": "kokoro-82m"}}
    settings = Settings.model_validate({"cache_dir": tmp_path, "engines": {"models": models}})
    assert recipe(Kind.SYNTHESISERS, "x", settings).make().model == "kokoro-82m"


def test_a_model_out_of_a_wheel(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match="smart-turn is not fetched; run: mercury models fetch smart-turn"):
        model_of(tmp_path, model="smart-turn")
    path = SMART_TURN.path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"onnx")
    assert model_of(tmp_path, model="smart-turn") == str(path)
