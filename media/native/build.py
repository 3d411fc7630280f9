"""Compiles the media loop: python -m media.native.build [--if-needed]

Needs mypy and setuptools (Mercury's `dev` extra) and a C compiler. Takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path

from media.native.loading import Native, status
from media.native.modules import BUILT, DATAGRAMS, MANIFEST, MODULES, ROOT, TAG, digest, source

_CONFIG = "[mypy]\nstrict = true\nignore_missing_imports = true\n"
_ENVIRONMENT = {"MYPYC_OPT_LEVEL": "2", "MYPYC_DEBUG_LEVEL": "0", "MERCURY_NATIVE": "0"}


class BuildError(Exception):
    """It can't be compiled here."""


def build(folder: Path = BUILT) -> None:
    """Compile all modules into the folder, in place of what is there. Raises `BuildError`."""
    wanted = digest()
    if lack := lacking():
        raise BuildError(lack)
    with tempfile.TemporaryDirectory(prefix="mercury-native-") as scratch:
        work = Path(scratch)
        shutil.copytree(ROOT / "media", work / "media", ignore=shutil.ignore_patterns("__pycache__", BUILT.name))
        (work / "mypy.ini").write_text(_CONFIG)
        _compile(work)
        files = _collected(work) | {DATAGRAMS: _datagrams(work)}
        manifest = {"tag": TAG, "source": wanted, "files": {name: path.name for name, path in files.items()}}
        fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
        for path in files.values():
            shutil.copy2(path, fresh / path.name)
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.chmod(0o755)
    fresh.rename(folder)


def lacking() -> str:
    """What compiling needs and this machine has not; "" when all is there."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if not shutil.which(compiler):
        return f"no C compiler ({compiler}) is installed (Debian: gcc)"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python's headers are not installed (Debian: python3-dev)"
    absent = [name for name in ("mypyc", "setuptools") if find_spec(name) is None]
    return f"{' and '.join(absent)} not installed (pip install mypy setuptools)" if absent else ""


def _compile(work: Path) -> None:
    files = [str(source(module).relative_to(ROOT)) for module in MODULES]
    command = [sys.executable, "-m", "mypyc", "--config-file", "mypy.ini", *files]
    done = subprocess.run(
        command, cwd=work, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"mypyc gave up ({done.returncode}):\n{(done.stdout + done.stderr)[-4000:]}")


def _datagrams(work: Path) -> Path:
    """The one piece of C, compiled as this Python's own extensions are."""
    made = work / f"{DATAGRAMS}{TAG}"
    compiler = (sysconfig.get_config_var("CC") or "cc").split()
    code, include = source(DATAGRAMS).with_suffix(".c"), sysconfig.get_path("include")
    command = [*compiler, "-O2", "-Wall", "-shared", "-fPIC", f"-I{include}", str(code), "-o", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{command[0]} gave up ({done.returncode}):\n{done.stderr[-4000:]}")
    return made


def _collected(work: Path) -> dict[str, Path]:
    """The compiled files by module, renamed so that they fit one folder; and the library that they share."""
    files = {}
    for module in MODULES:
        path = (work / source(module).relative_to(ROOT)).with_suffix(TAG)
        if not path.exists():
            raise BuildError(f"mypyc made no {path.name} for {module}")
        files[module] = path.rename(path.with_name(f"{module}{TAG}"))
    for library in work.glob(f"*__mypyc{TAG}"):
        files[library.name.removesuffix(TAG)] = library
    return files


def main() -> int:
    """The command: 0 once what is there is up to date."""
    parser = argparse.ArgumentParser(prog="python -m media.native.build", description=__doc__)
    parser.add_argument("--if-needed", action="store_true", help="do nothing where it is up to date")
    asked = parser.parse_args()
    if asked.if_needed and status() is Native.USED:
        return 0
    try:
        build()
    except (BuildError, OSError) as error:
        sys.stderr.write(f"the media loop runs as plain Python, at up to three times the cost: {error}\n")
        return 1
    sys.stdout.write(f"{len(MODULES)} modules of the media loop are compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
