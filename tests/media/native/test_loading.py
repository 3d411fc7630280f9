from __future__ import annotations

import json
from pathlib import Path

import pytest

from media.native.loading import SWITCH, Native, NativeFinder, status
from media.native.modules import MANIFEST, MODULES, TAG, digest, source
from media.registry import Engines, installed


@pytest.fixture(autouse=True)
def _wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)


def _built(folder: Path, **changes: object) -> Path:
    manifest = {"tag": TAG, "source": digest(), "files": {"media.ticker": f"media.ticker{TAG}"}} | changes
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


def test_every_module_that_is_compiled_is_there() -> None:
    assert [module for module in MODULES if not source(module).exists()] == []


def test_no_engine_is_compiled_for_its_options_could_not_be_seen() -> None:
    engines = {point.module for kind in Engines for point in installed(kind).values()}
    assert engines
    assert engines.isdisjoint(MODULES)


def test_nothing_built_is_plain_python(tmp_path: Path) -> None:
    assert status(tmp_path) is Native.MISSING


def test_what_was_built_from_this_very_source_is_used(tmp_path: Path) -> None:
    assert status(_built(tmp_path)) is Native.USED


@pytest.mark.parametrize("changes", [{"source": "0" * 64}, {"tag": ".cpython-27.so"}])
def test_what_was_built_from_other_source_or_for_another_python_is_left_alone(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert status(_built(tmp_path, **changes)) is Native.STALE


@pytest.mark.parametrize("text", ["", "[]", "{}", "{nothing"])
def test_a_manifest_that_cannot_be_read_is_plain_python(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    assert status(tmp_path) is Native.STALE


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "0")
    assert status(_built(tmp_path)) is Native.OFF


def test_only_what_was_compiled_is_found(tmp_path: Path) -> None:
    finder = NativeFinder({"media.ticker": f"media.ticker{TAG}"}, tmp_path)
    found = finder.find_spec("media.ticker", None)
    assert found is not None
    assert found.origin == str(tmp_path / f"media.ticker{TAG}")
    assert finder.find_spec("media.registry", None) is None
