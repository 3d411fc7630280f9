from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ari_app import ari

HOME = Path(ari.__file__).parent
SHELLS = {"client.py", "dispatch.py", "rest.py", "stream.py"}
PURE = sorted(
    str(file.relative_to(HOME))
    for file in HOME.rglob("*.py")
    if file.name not in SHELLS and "codegen" not in file.parts
)


@pytest.mark.parametrize("name", PURE)
def test_what_is_pure_knows_no_loop_and_no_socket(name: str) -> None:
    tree = ast.parse((HOME / name).read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert not {each.split(".")[0] for each in plain | parts} & {"asyncio", "aiohttp", "socket", "time"}


def test_the_client_can_be_taken_alone() -> None:
    for file in HOME.rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("from ", "import ")) and "ari_app" in line:
                assert line.split()[1].startswith("ari_app.ari"), f"{file}: {line}"
