from pathlib import Path

import pytest

from media.asr.whisper_need import whisper_need
from media.needs import Need


def test_large_v3_turbo_in_8_bits_takes_about_1600_mib_of_a_gpu() -> None:
    need = whisper_need("/models/whisper-large-v3-turbo", "cuda", "int8_float16", workers=1)
    assert need == Need(ram_mib=500, vram_mib=1549)


@pytest.mark.parametrize(
    ("compute_type", "weights_mib"), [("int8", 849), ("int16", 1544), ("float16", 1544), ("float32", 3087)]
)
def test_weights_take_the_bytes_of_their_type(compute_type: str, weights_mib: int) -> None:
    assert whisper_need("large-v3-turbo", "cpu", compute_type, workers=1).ram_mib == 500 + 400 + weights_mib


def test_auto_is_half_precision_on_a_gpu_and_8_bits_on_a_processor() -> None:
    assert whisper_need("base", "cuda", "auto", 1) == whisper_need("base", "cuda", "float16", 1)
    assert whisper_need("base", "cpu", "auto", 1) == whisper_need("base", "cpu", "int8", 1)


def test_each_decoding_at_once_takes_more() -> None:
    one, three = (whisper_need("base", "cpu", "int8", workers).ram_mib for workers in (1, 3))
    assert three - one == 800


def test_a_file_tells_its_weights_better_than_its_folder_s_name(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(bytes(4_000_000))
    assert whisper_need(str(tmp_path), "cpu", "float32", 1) == Need(ram_mib=500 + 400 + 8)


def test_what_nobody_knows_counts_as_the_largest() -> None:
    assert whisper_need("ours", "cpu", "int8", 1) == whisper_need("large-v3", "cpu", "int8", 1)
    assert (
        whisper_need("distil-large-v3", "cpu", "int8", 1).ram_mib < whisper_need("large-v3", "cpu", "int8", 1).ram_mib
    )
