from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from ari_app.store.calls import CallStore
from ari_app.store.database import Database
from ari_app.store.tables import flow_versions
from ari_app.store.versions import FlowVersions
from ivr_flows.commands import End, Wait
from ivr_flows.events import Digit
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.session import Session
from ivr_flows.versions import kept
from tests.ari_app.store.samples import NOON, new_call
from tests.ivr_flows.shop import book
from tests.ivr_flows.test_versions import NEW, OLD

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
    body = kept(Flow(FLOWS[0].name, parse_flows(OLD).flows["order"].body))
    async with database.write() as connection:
        await connection.execute(update(flow_versions).values(body=body))
    assert await FlowVersions(database).get(FLOWS[0].name, FLOWS[0].hash) is None
    await database.close()


async def test_a_session_saved_before_a_restart_finishes_on_its_own_version(store: CallStore, any_url: str) -> None:
    old, new = (parse_flows(text).flows["order"] for text in (OLD, NEW))
    await store.versions.keep([old], NOON)
    session, _ = start(old, {})
    await store.create(new_call("call_1", flow="order", flow_hash=old.hash))
    await store.add_events("call_1", (), session.to_json())

    after_restart = await CallStore.open(any_url, node="node-1")
    await after_restart.versions.keep([new], NOON)
    record = await after_restart.get("call_1")
    assert record is not None
    version = await after_restart.versions.get(record.flow, record.flow_hash)
    assert version is not None
    session, commands = resume(version, Session.from_json(await after_restart.session("call_1")))
    assert isinstance(commands[-1], Wait)
    _, commands = advance(version, session, Digit(5000, "1"))
    assert commands[-1] == End("taken")
    await after_restart.close()
