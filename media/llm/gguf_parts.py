"""Models in several GGUF files, by gguf-split: NAME-00001-of-00003.gguf. llama.cpp loads all by the first."""

from __future__ import annotations

import re
from pathlib import Path

_PART = re.compile(r"(?P<name>.+)-(?P<number>\d{5})-of-(?P<all>\d{5})\.gguf")


def parts(path: Path) -> tuple[Path, ...]:
    """All files of the model that this is the first of: itself alone, unless its name says otherwise. Pure."""
    found = _PART.fullmatch(path.name)
    if found is None:
        return (path,)
    count = int(found["all"])
    return tuple(path.with_name(f"{found['name']}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1))


def is_later_part(path: Path) -> bool:
    """Whether it is a part, and not the first."""
    found = _PART.fullmatch(path.name)
    return found is not None and int(found["number"]) != 1
