"""What the survival tests measured, as JSON in build/survival and on the terminal (`pytest -s`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "build" / "survival"


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write them down."""
    text = json.dumps(figures, indent=1, ensure_ascii=False, default=str)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    (_FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"\n{name}: {text}")  # noqa: T201 - the figures are the test's report
