from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from ari_app.store.calls import CallStore
from tests.standins.postgresql import cluster, find_programs

_databases = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Where databases are: `url.format(name)`."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster(programs) as url:
        yield url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/calls.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        found: str = request.getfixturevalue("url")
        return found
    server: str = request.getfixturevalue("postgresql")
    name = f"mercury_{next(_databases)}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.format(name)


@pytest.fixture
async def store(any_url: str) -> AsyncIterator[CallStore]:
    store = await CallStore.open(any_url, node="node-1")
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(url: str) -> AsyncIterator[CallStore]:
    store = await CallStore.open(url, node="node-1")
    yield store
    await store.close()
