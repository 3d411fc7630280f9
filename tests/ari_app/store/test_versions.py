from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from ari_app.store.calls import CallStore
from ari_app.store.database import Database
from ari_app.store.tables import flow_versions
from ari_app.store.versions import FlowVersions
from ivr_flows.model import Flow
from tests.ari_app.store.samples import NOON
from tests.ivr_flows.shop import book

FLOWS = list(book().flows.values())


async def test_versions_come_back_the_same_after_a_restart(store: CallStore, any_url: str) -> None:
    await store.versions.keep(FLOWS, NOON)
    later = FlowVersions(Database(any_url))
    for flow in FLOWS:
        again = await later.get(flow.name, flow.hash)
        assert again == flow
        assert again is not flow


async def test_a_version_is_written_once(store: CallStore, any_url: str) -> None:
    await store.versions.keep(FLOWS[:1], NOON)
    await FlowVersions(Database(any_url)).keep(FLOWS, NOON + timedelta(days=1))
    found = {version.hash: version.first_seen for version in await store.versions.list()}
    assert found == {flow.hash: NOON + timedelta(days=flow is not FLOWS[0]) for flow in FLOWS}


async def test_versions_are_found_by_name_and_by_the_beginning_of_their_hash(sqlite_store: CallStore) -> None:
    versions = sqlite_store.versions
    await versions.keep(FLOWS, NOON)
    assert [version.name for version in await versions.list(FLOWS[0].name)] == [FLOWS[0].name]
    assert [version.name for version in await versions.list(hash_prefix=FLOWS[1].hash[:12])] == [FLOWS[1].name]
    assert await versions.get("another", FLOWS[0].hash) is None
    assert await versions.get(FLOWS[0].name, "f00d") is None


async def test_one_that_was_tampered_with_is_not_used(
    sqlite_store: CallStore, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await sqlite_store.versions.keep(FLOWS[:1], NOON)
    database = Database(url)
    body = {"body": Flow(FLOWS[0].name, FLOWS[1].body).body.model_dump(mode="json"), "facts": {}}
    async with database.write() as connection:
        await connection.execute(update(flow_versions).values(body=body))
    assert await FlowVersions(database).get(FLOWS[0].name, FLOWS[0].hash) is None
    await database.close()
