"""Lays the generated modules out as files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ari_app.ari.codegen.model_code import events_module, models_module
from ari_app.ari.codegen.naming import snake
from ari_app.ari.codegen.resource_code import package_module, resource_module
from ari_app.ari.codegen.swagger import SwaggerError, read_api

HOME = Path(__file__).parent.parent
"""Where the generated modules are kept."""
_FORMAT = ("ruff", "format", "--isolated", "--line-length", "120", "--target-version", "py311", "-")


def generate(rest_api: Path) -> Mapping[str, str]:
    """The text of every generated module by its path within `HOME`. Raises `SwaggerError`."""
    api = read_api(rest_api)
    modules = {
        "models.py": models_module(api),
        "events.py": events_module(api),
        "resources/__init__.py": package_module(api),
    }
    modules |= {f"resources/{snake(each.name)}.py": resource_module(each) for each in api}
    return {name: _formatted(text) for name, text in modules.items()}


def write(rest_api: Path, home: Path = HOME) -> list[Path]:
    """Write every generated module; gives their paths."""
    written = []
    for name, text in generate(rest_api).items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _formatted(text: str) -> str:
    done = subprocess.run([sys.executable, "-m", *_FORMAT], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SwaggerError(f"what was generated can't be formatted: {done.stderr.strip()}")
    return done.stdout
