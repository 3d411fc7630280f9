from collections.abc import Iterator
from pathlib import Path

import pytest

from media import gpu


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program in the place of NVIDIA's."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    gpu.has_gpu.cache_clear()
    yield tmp_path / "nvidia-smi"
    gpu.has_gpu.cache_clear()


def says(program: Path, text: str, status: int = 0) -> None:
    program.write_text(f"#!/bin/sh\nprintf '{text}'\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)


def test_the_gpu_with_most_of_it_counts(nvidia_smi: Path) -> None:
    says(nvidia_smi, "512\\n11500\\n")
    assert gpu.free_vram_mib() == 11_500
    assert gpu.on_gpu("auto")


def test_where_there_is_none_auto_is_the_processor(nvidia_smi: Path) -> None:
    says(nvidia_smi, "No devices were found\\n", 6)
    assert gpu.free_vram_mib() == 0
    assert not gpu.on_gpu("auto")


def test_what_it_does_not_tell_counts_for_nothing(nvidia_smi: Path) -> None:
    says(nvidia_smi, "[N/A]\\n")
    assert gpu.free_vram_mib() == 0


@pytest.mark.parametrize(("device", "there"), [("cuda", True), ("cuda:1", True), ("cpu", False)])
def test_a_device_that_is_named_is_that_device(nvidia_smi: Path, device: str, there: bool) -> None:
    says(nvidia_smi, "", 9)
    assert gpu.on_gpu(device) is there


def test_without_the_program_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu.free_vram_mib() == 0
