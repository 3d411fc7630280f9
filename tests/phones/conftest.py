"""A line whose programs are those of an unpacked Asterisk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ari_app.ops.asterisk.installation import Installation
from phones.phone import Line


@pytest.fixture(scope="session")
def installation() -> Installation:
    root = os.environ.get("MERCURY_ASTERISK_ROOT")
    if not root:
        pytest.skip("MERCURY_ASTERISK_ROOT names no unpacked Asterisk")
    return Installation(root=Path(root))


@pytest.fixture(scope="session")
def sounds(installation: Installation) -> Path:
    return installation.sounds_dir


@pytest.fixture(params=["udp", "tcp"])
def line(request: pytest.FixtureRequest, installation: Installation) -> Line:
    return Line(installation, transport=request.param, timeout_s=10)
