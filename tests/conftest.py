"""Fixtures of the real Asterisk, for every folder.

The first use finds or fetches an Asterisk, as `make asterisk` does; MERCURY_ASTERISK_ROOT names unpacked packages.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings

from ari_app.ops.asterisk import Installation, ensure_asterisk
from ari_app.ops.settings import Settings
from ari_app.store.database import Database
from tests.running_asterisk import RunningAsterisk, start_asterisk

settings.register_profile("house", deadline=None)  # properties hold on a busy machine too: benches time
settings.load_profile("house")

StartAsterisk = Callable[..., Awaitable[RunningAsterisk]]


@pytest.fixture(scope="session", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite file of a test begins as a copy of one that was migrated: to migrate each takes a tenth of a second.

    Tests of the migrations themselves take it back (`real_migrations`).
    """
    empty = tmp_path_factory.mktemp("template") / "calls.db"
    migrate, url = Database.open, f"sqlite:///{empty}"
    asyncio.run(_migrated(url))

    async def copied(self: Database) -> None:
        file = self.file
        if file is None or file.exists():
            await migrate(self)
        else:
            shutil.copyfile(empty, file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "open", copied)
        patch.setattr(Database, "migrate", migrate, raising=False)
        yield


@pytest.fixture
def real_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are migrated for real."""
    monkeypatch.setattr(Database, "open", vars(Database)["migrate"])


async def _migrated(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


@pytest.fixture(scope="session")
def installation() -> Installation:
    """An Asterisk 22 with SIPp and baresip."""
    settings = Settings()
    return ensure_asterisk(settings.cache_dir, settings.asterisk, print)


@pytest.fixture(scope="session")
def rest_api_dir(installation: Installation) -> Path:
    """ARI's own Swagger files."""
    return installation.rest_api_dir


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asterisk(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningAsterisk]:
    """One Asterisk for all tests, with the test trunk for callers from 127.0.0.1. Leave nothing behind in it."""
    running = await start_asterisk(tmp_path_factory.mktemp("asterisk"), installation)
    yield running
    await running.process.stop()


@pytest_asyncio.fixture
async def own_asterisk(installation: Installation) -> AsyncIterator[StartAsterisk]:
    """Starts an Asterisk for one test, which may kill it: `await own_asterisk({"exotel": {…}})`, by section."""
    started: list[RunningAsterisk] = []
    with tempfile.TemporaryDirectory(prefix="asterisk-", ignore_cleanup_errors=True) as folder:

        async def start(changes: Mapping[str, Mapping[str, Any]] | None = None) -> RunningAsterisk:
            """A socket's path is short: in the tests' own folders, side by side, it would be too long."""
            running = await start_asterisk(Path(folder) / str(len(started)), installation, changes)
            started.append(running)
            return running

        yield start
        for running in started:
            await running.process.stop()
