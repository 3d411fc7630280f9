"""What of the worker needs no model. The rest: test_parler.py."""

from __future__ import annotations

import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from media.errors import EngineUnavailableError
from media.tts.parler import Parler
from media.tts.parler_worker import device_of, dtype_of, in_words
from media.workers.server import WorkerBrokenError
from tests.media.tts.parler_files import parler_files


async def test_an_environment_without_the_package_is_told_with_its_own_command(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / "bin" / "python"
    parler = Parler(model=str(parler_files(tmp_path / "model")), python=str(python))
    with pytest.raises(EngineUnavailableError, match=rf"has no numpy, torch, .*: {python} -m pip install parler-tts"):
        await parler.start()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB.\nmore of it"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
)
def test_a_lack_of_memory_is_told_with_the_remedy_and_what_is_kept_is_given_back(error: Exception) -> None:
    released = []
    with (
        pytest.raises(RuntimeError, match=r"out of memory on cuda:0: .*dtype: bfloat16"),
        in_words("cuda:0", lambda: released.append(True)),
    ):
        raise error
    assert released


def test_a_lost_device_ends_the_worker() -> None:
    with (
        pytest.raises(WorkerBrokenError, match="cuda:0 is lost: CUDA error: device-side assert triggered"),
        in_words("cuda:0", lambda: None),
    ):
        raise RuntimeError("CUDA error: device-side assert triggered\nCompile with …")


def test_other_errors_stay_as_they_are() -> None:
    with pytest.raises(RuntimeError, match=r"^probability tensor contains nan$"), in_words("cpu", lambda: None):
        raise RuntimeError("probability tensor contains nan")


def torch_with(*, gpu: bool, bf16: bool = False) -> SimpleNamespace:
    cuda = SimpleNamespace(is_available=lambda: gpu, is_bf16_supported=lambda: bf16)
    return SimpleNamespace(cuda=cuda, __version__="2.13.0", float32="f32", float16="f16", bfloat16="bf16")


def test_the_model_goes_where_it_can_in_what_suits_it() -> None:
    assert device_of("auto", torch_with(gpu=False)) == "cpu"
    assert device_of("auto", torch_with(gpu=True)) == "cuda:0"
    assert device_of("cuda:1", torch_with(gpu=True)) == "cuda:1"
    assert dtype_of("auto", "cpu", torch_with(gpu=False)) == "f32"
    assert dtype_of("auto", "cuda:0", torch_with(gpu=True)) == "f16"
    assert dtype_of("auto", "cuda:0", torch_with(gpu=True, bf16=True)) == "bf16"
    assert dtype_of("float16", "cuda:0", torch_with(gpu=True, bf16=True)) == "f16"


def test_a_gpu_that_is_not_there_is_told() -> None:
    with pytest.raises(
        RuntimeError, match=r"expected a GPU for device 'cuda', torch 2\.13\.0 sees none; set device: cpu"
    ):
        device_of("cuda", torch_with(gpu=False))
