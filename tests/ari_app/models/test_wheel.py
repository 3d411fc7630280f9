"""Models out of wheels: what is kept is just what was meant, and nothing is fetched twice."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from ari_app.models.errors import ModelError
from ari_app.models.wheel import ModelInWheel, ensure_model, keep

CONTENT = b"weights"
MODEL = ModelInWheel("tiny", "no-such-package-of-mercury==0", "a/b/tiny.onnx", hashlib.sha256(CONTENT).hexdigest())


def wheel(folder: Path, content: bytes, member: str = MODEL.member) -> Path:
    path = folder / "package-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(member, content)
    return path


def test_the_model_alone_is_kept(tmp_path: Path) -> None:
    keep(MODEL, wheel(tmp_path, CONTENT), MODEL.path(tmp_path))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny.onnx"]
    assert ensure_model(MODEL, tmp_path).read_bytes() == CONTENT


def test_another_model_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="expected a model of SHA-256"):
        keep(MODEL, wheel(tmp_path, b"other weights"), MODEL.path(tmp_path))
    assert not MODEL.path(tmp_path).exists()


def test_a_wheel_without_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected a/b/tiny\.onnx in package"):
        keep(MODEL, wheel(tmp_path, CONTENT, "elsewhere.onnx"), MODEL.path(tmp_path))


def test_a_download_that_fails_says_what_else_can_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelError, match="pip could not download it, or download no-such-package"):
        ensure_model(MODEL, tmp_path)
