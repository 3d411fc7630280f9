"""A line over UDP and over TCP, and what to say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ari_app.ops.asterisk.installation import Installation
from phones.phone import Line
from tests.phones.pbx import Pbx, running_pbx


@pytest.fixture(scope="session")
def sounds(installation: Installation) -> Path:
    return installation.sounds_dir


@pytest.fixture(params=["udp", "tcp"])
def line(request: pytest.FixtureRequest, installation: Installation) -> Line:
    return Line(installation, transport=request.param, timeout_s=10)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pbx(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pbx]:
    """A small Asterisk for all the phones' tests."""
    async with running_pbx(installation, tmp_path_factory.mktemp("pbx"), "acme1.pstn.exotel.com") as pbx:
        yield pbx


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def secure_pbx(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pbx]:
    """Another that takes no call without SDES."""
    async with running_pbx(installation, tmp_path_factory.mktemp("pbx"), "acme1.pstn.exotel.com", srtp=True) as pbx:
        yield pbx
