"""Workers in another environment: this Mercury's code, that interpreter's packages."""

from __future__ import annotations

from pathlib import Path

_MEDIA = Path(__file__).parent.parent
_BOOT = """
import importlib, sys, types
media = types.ModuleType("media")
media.__path__ = [sys.argv[1]]
sys.modules["media"] = media
importlib.import_module(sys.argv[2]).main(sys.argv[3:])
"""


def elsewhere(python: Path, module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs `main(arguments)` of this Mercury's `module` (within `media`) by another interpreter.

    Of Mercury's own environment that interpreter sees the package `media` and nothing else: Mercury need not be
    installed there, and never is of another version there. `module` imports of `media` what needs no package.
    """
    return (str(python), "-I", "-c", _BOOT, str(_MEDIA), module, *arguments)
