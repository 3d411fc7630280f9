"""How well a text tells its language: `python -m bench.languages [flows.yaml]`.

What a flow says and hears in en, hi and mr: each sentence of four words and more is judged among the three.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from media.lid.text import shares

LANGUAGES = ("en", "hi", "mr")
SURE = 0.6
LEAST_WORDS = 4


def texts(found: Any) -> Iterator[tuple[str, str]]:
    """Language and text, of whatever holds some."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key in LANGUAGES:
                lines = value if isinstance(value, list) else [value]
                yield from ((key, line) for line in lines if isinstance(line, str))
            else:
                yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)


def judged(language: str, text: str) -> str:
    """What came of it."""
    told = shares(text, LANGUAGES)
    best = max(told, key=lambda one: told[one]) if told else ""
    if not told or told[best] < SURE:
        return "undecided"
    return "right" if best == language else "wrong"


def main() -> None:
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "flows.yaml")
    said = {
        (language, re.sub(r"{{.*?}}", "", text)) for language, text in texts(yaml.safe_load(path.read_text("utf-8")))
    }
    counts = Counter((one, judged(one, text)) for one, text in said if len(text.split()) >= LEAST_WORDS)
    for language in LANGUAGES:
        print(language, {how: counts[language, how] for how in ("right", "undecided", "wrong")})
    start = time.process_time()
    for _, text in said:
        shares(text, LANGUAGES)
    print(f"{(time.process_time() - start) / len(said) * 1e6:.0f} µs a text")


if __name__ == "__main__":
    main()
