"""What an earlier life of the node left open: ended, made now, or left where it waits."""

from __future__ import annotations

from pathlib import Path

from ari_app.calls import leftovers
from ari_app.calls.leftovers import bury, left_over
from ari_app.store.records import Attempt, CallRecord, Direction, Status
from tests.ari_app.calls.office import OTHER, open_office
from tests.ari_app.store.samples import new_call


async def test_calls_of_an_earlier_life_end_and_what_rang_nobody_is_made(tmp_path: Path, monkeypatch: object) -> None:
    resumed: list[str] = []

    def resume(record: CallRecord, attempt: Attempt) -> None:
        resumed.append(attempt.channel_id)

    async with open_office(tmp_path) as office:
        await office.recorded("call_rung")
        turn = await office.begin("call_rung")
        assert turn.attempt
        await office.store.dialled("call_rung", turn.attempt.channel_id)
        await office.recorded("call_unrung", to=OTHER)
        await office.begin("call_unrung")
        await office.recorded("call_queued")
        await office.store.create(new_call("call_inbound", direction=Direction.INBOUND))
        left = await left_over(office.store, "node-1")
        await bury(left.begun, left.undialled, office.desk, resume, office.switch)
        assert [record.id for record in await office.store.list_active("node-1")] == ["call_unrung", "call_queued"]
        assert (await office.record("call_inbound")).reason == "Mercury was restarted during the call"
        assert (await office.record("call_rung")).status is Status.FAILED
        assert resumed == ["mercury-node-1-call_unrung-leg"]
    assert leftovers._HUNG_UP_S < 1
