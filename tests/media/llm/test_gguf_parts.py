"""A model may be in several files; it is known by the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.llm.gguf_parts import is_later_part, parts


@pytest.mark.parametrize("name", ["model.gguf", "model-1-of-2.gguf", "model-00001-of-00002.bin"])
def test_most_models_are_one_file(name: str) -> None:
    assert parts(Path("/models") / name) == (Path("/models") / name,)
    assert not is_later_part(Path(name))


def test_a_model_in_parts_is_all_of_them() -> None:
    first = Path("/models/qwen-00001-of-00003.gguf")
    names = [f"qwen-0000{number}-of-00003.gguf" for number in (1, 2, 3)]
    assert [path.name for path in parts(first)] == names
    assert all(path.parent == first.parent for path in parts(first))
    assert not is_later_part(first)
    assert is_later_part(first.with_name(names[1]))
