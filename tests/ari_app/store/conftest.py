from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.store.calls import CallStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/calls.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[CallStore]:
    store = await CallStore.open(url, node="node-1")
    yield store
    await store.close()
