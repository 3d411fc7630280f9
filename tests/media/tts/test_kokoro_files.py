from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from media.errors import EngineError, EngineUnavailableError
from media.tts.kokoro_files import WEIGHTS, KokoroFolder


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return made(tmp_path / "kokoro", ("af_heart", "af_bella", "hm_omega"))


def made(path: Path, voices: tuple[str, ...]) -> Path:
    (path / "voices").mkdir(parents=True)
    (path / "config.json").write_text("{}")
    (path / WEIGHTS).write_bytes(b"weights")
    for voice in voices:
        (path / "voices" / f"{voice}.pt").write_bytes(voice.encode())
    return path


def test_a_whole_folder_has_its_files(whole: Path) -> None:
    folder = KokoroFolder(whole)
    assert folder.voices == ("af_bella", "af_heart", "hm_omega")
    assert folder.voice_files("af_heart, hm_omega") == [whole / "voices/af_heart.pt", whole / "voices/hm_omega.pt"]


def test_weights_of_another_name_are_taken_where_there_is_no_doubt(whole: Path) -> None:
    (whole / WEIGHTS).rename(whole / "mine.pth")
    assert KokoroFolder(whole).weights == whole / "mine.pth"
    (whole / "other.pth").write_bytes(b"")
    with pytest.raises(EngineUnavailableError, match=f"lacks {WEIGHTS}"):
        KokoroFolder(whole)


@pytest.mark.parametrize("missing", ["config.json", WEIGHTS, "voices"])
def test_what_is_missing_is_told_with_where_and_how_to_have_it(whole: Path, missing: str) -> None:
    (shutil.rmtree if missing == "voices" else os.unlink)(whole / missing)
    with pytest.raises(EngineUnavailableError) as told:
        KokoroFolder(whole)
    assert f"{whole} lacks {missing}" in str(told.value)
    assert "mercury models fetch kokoro-82m" in str(told.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match=f"no Kokoro model at {tmp_path}/none: expected config.json"):
        KokoroFolder(tmp_path / "none")


def test_an_unknown_voice_is_told_with_those_that_there_are_the_nearest_first(whole: Path) -> None:
    with pytest.raises(EngineError, match=r"no voice 'hm_omga' at .*/voices; it has hm_omega, af_bella, af_heart"):
        KokoroFolder(whole).voice_files("hm_omga")
    many = KokoroFolder(made(whole.parent / "many", tuple(f"af_{at}" for at in range(20))))
    with pytest.raises(EngineError, match="and 8 more"):
        many.voice_files("af_heart")
    with pytest.raises(EngineError, match=r"no voice '\.\./config'"):
        KokoroFolder(whole).voice_files("../config")


def test_digests_tell_contents_apart_wherever_they_are(whole: Path) -> None:
    copy = Path(shutil.copytree(whole, whole.parent / "copy", copy_function=shutil.copyfile))
    one, same = KokoroFolder(whole), KokoroFolder(copy)
    assert (one.digest, one.voice_digest("af_heart")) == (same.digest, same.voice_digest("af_heart"))
    assert one.voice_digest("af_heart") != one.voice_digest("af_bella")
    assert one.voice_digest("nobody") == ""
    (copy / WEIGHTS).write_bytes(b"Weights")
    (copy / "voices/af_heart.pt").write_bytes(b"another")
    other = KokoroFolder(copy)
    assert one.digest != other.digest
    assert one.voice_digest("af_heart") != other.voice_digest("af_heart")
