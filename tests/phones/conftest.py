"""A line whose programs are Asterisk's companions in an unpacked root file system."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import pytest

from phones.phone import Line


@dataclass(frozen=True)
class UnpackedPrograms:
    """Programs below a folder, started by that folder's own loader: no chroot, no root."""

    root: Path

    def command(self, program: str) -> list[str]:
        machine = platform.machine()
        loader = next((self.root / "usr").glob("lib*/ld-linux-*"), self.root / "usr/lib64/ld-linux-x86-64.so.2")
        found = next(
            (path for folder in ("bin", "sbin") if (path := self.root / "usr" / folder / program).exists()), None
        )
        if found is None:
            raise LookupError(f"expected {program} in {self.root}/usr/bin or usr/sbin")
        return [str(loader), "--library-path", str(self.root / f"usr/lib/{machine}-linux-gnu"), str(found)]


@pytest.fixture(scope="session")
def programs() -> UnpackedPrograms:
    root = os.environ.get("MERCURY_ASTERISK_ROOT")
    if not root:
        pytest.skip("MERCURY_ASTERISK_ROOT names no unpacked Asterisk")
    return UnpackedPrograms(Path(root))


@pytest.fixture(scope="session")
def sounds(programs: UnpackedPrograms) -> Path:
    return programs.root / "usr/share/asterisk/sounds"


@pytest.fixture(params=["udp", "tcp"])
def line(request: pytest.FixtureRequest, programs: UnpackedPrograms) -> Line:
    return Line(programs, transport=request.param, timeout_s=10)
