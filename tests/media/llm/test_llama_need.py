"""What a model takes of the machine, told before it is loaded: Qwen2.5-7B in Q4_K_M is the measure."""

from __future__ import annotations

from media.llm.gguf_header import Shape
from media.llm.llama_need import Placing, need_of
from media.needs import Need

QWEN = Shape(28, 3584, 18944, 152_064, 32_768, kv_values=28 * 4 * 256)
FILE = 4683 << 20


def need(gpu_layers: int = -1, context: int = 4096, cache_mib: int = 512, *, gpu: bool = True) -> Need:
    return need_of(FILE, QWEN, Placing(context, 128, gpu_layers, gpu), cache_mib)


def test_on_a_cpu_all_is_in_ram() -> None:
    assert need(gpu=False) == Need(ram_mib=5592)
    assert need(gpu_layers=0) == need(gpu=False)


def test_on_a_gpu_ram_holds_the_tokens_and_the_cache_of_prompts() -> None:
    assert need() == Need(ram_mib=1096, vram_mib=5416)
    assert need(gpu_layers=99) == need()


def test_keys_and_values_grow_with_the_context() -> None:
    assert need(context=8192).vram_mib - need().vram_mib == 224
    assert need(context=8192, gpu=False).ram_mib - need(gpu=False).ram_mib == 224


def test_layers_that_stay_are_in_ram() -> None:
    half = need(gpu_layers=14)
    assert need().ram_mib < half.ram_mib < need(gpu=False).ram_mib
    assert 0 < half.vram_mib < need().vram_mib


def test_the_cache_of_prompts_is_in_ram() -> None:
    assert need().ram_mib - need(cache_mib=0).ram_mib == 512
