from __future__ import annotations

import json
from pathlib import Path

import pytest

from media.errors import EngineUnavailableError
from media.needs import Need
from media.tts.parler_folder import parler_folder
from tests.media.tts.parler_files import RATE_HZ, WEIGHTS, parler_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return parler_files(tmp_path / "model")


def test_rate_and_number_of_weights_are_known_without_loading_it(folder: Path) -> None:
    found = parler_folder("parler", str(folder))
    assert (found.rate_hz, found.weights) == (RATE_HZ, WEIGHTS)
    assert found.description_tokenizer == folder / "description_tokenizer"


def test_its_need_is_its_weights_where_they_are_and_room_to_work(folder: Path) -> None:
    found = parler_folder("parler", str(folder))
    assert found.need("cpu", "auto") == Need(ram_mib=81 + 800 + 500)
    assert found.need("cuda", "auto") == Need(ram_mib=500, vram_mib=41 + 800 + 700)
    assert found.need("cuda:1", "float32") == Need(ram_mib=500, vram_mib=81 + 800 + 700)


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "tokenizer.json", "model.safetensors"])
def test_what_is_missing_is_told_with_the_command_that_fetches_it(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(EngineUnavailableError, match=rf"lacks {file}; .*hf download ai4bharat/indic-parler-tts"):
        parler_folder("parler", str(folder))


def test_the_descriptions_tokenizer_is_asked_for_by_its_own_command(folder: Path) -> None:
    described = folder / "description_tokenizer"
    (described / "tokenizer.json").unlink()
    with pytest.raises(EngineUnavailableError, match=rf"hf download google/flan-t5-large .* --local-dir {described}"):
        parler_folder("parler", str(folder))


def test_the_descriptions_tokenizer_may_be_elsewhere(folder: Path) -> None:
    moved = (folder / "description_tokenizer").rename(folder.parent / "t5")
    assert parler_folder("parler", str(folder), str(moved)).description_tokenizer == moved


def test_a_model_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "vits"}), "utf-8")
    with pytest.raises(EngineUnavailableError, match=r"expected a model of the type parler_tts .* got 'vits'"):
        parler_folder("parler", str(folder))


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\x02" + bytes(7) + b"[]"])
def test_weights_that_are_none_are_to_be_fetched_anew(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(EngineUnavailableError, match=r"no safetensors file .*fetch it anew"):
        parler_folder("parler", str(folder))


def test_other_weights_of_the_same_shape_are_another_model(folder: Path) -> None:
    before = parler_folder("parler", str(folder)).identity
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"more")
    assert parler_folder("parler", str(folder)).identity != before
