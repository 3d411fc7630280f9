"""A call on the real wire is logged as it goes, and its log, replayed, decides the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from media.flight.folder import FlightFolder
from media.flight.reader import read_flight
from media.flight.records import Flight
from media.flight.replay import replay_turns
from media.flight.story import story
from phones.recordings import recording
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, history, new_number, until

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def whole_flight(mercury: Mercury, call_id: str) -> Flight:
    """A call's log, once its last second is written."""

    async def look() -> Flight | None:
        flight = read_flight(FlightFolder(mercury.run_dir / "flights").file(call_id).read_bytes())
        return flight if flight.facts("ended") else None

    return await until(look, "the flight log's end")


async def test_a_call_is_replayed_and_drawn(mercury: Mercury, tmp_path: Path) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.pause(0.3)
        await phone.play(recording(mercury.sounds, "cancelled"))
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "caller_said", text="cancelled")
        await phone.agent_starts()
        await phone.press("5001#")
        await phone.agent_starts()
        await phone.pause(1.0)
        await phone.hang_up()
    record = await mercury.ended(call_id)
    flight = await whole_flight(mercury, call_id)

    assert [line["file"] for line in history(record, "flight")] == [f"{call_id}.flight"]
    assert flight.damage == ""
    replayed = replay_turns(flight)
    assert (replayed.difference, replayed.incomplete) == (None, "")
    assert replayed.inputs > 50 * 3
    told = story(flight)
    assert [turn.text for turn in told.turns] == ["cancelled"]
    assert told.turns[0].answer_ms is not None
    assert 300 < told.turns[0].answer_ms < 3000
    assert [pause.text for pause in told.pauses] == ["cut"]
    assert [mark.text for mark in told.marks if mark.kind == "key"] == list("5001#")
    assert len(flight.records) / told.length < 250

    settings = ("--settings", str(mercury.run_dir / "mercury.yaml"))
    checked = CliRunner().invoke(main, ["replay", call_id, "--check", *settings])
    assert checked.exit_code == 0, checked.output
    assert checked.output.count("all the same") == 2
    drawn = CliRunner().invoke(main, ["replay", call_id, "--picture", str(tmp_path / "call.svg"), *settings])
    assert drawn.exit_code == 0, drawn.output
    assert "turn 1: “cancelled”" in drawn.output


@pytest.mark.slow
async def test_a_call_that_is_not_recorded_keeps_no_words_in_its_log(own_mercury: StartMercury) -> None:
    mercury = await own_mercury({"log": {"reveal": False}})
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.press("15001#")
        await phone.agent_starts()
        await phone.hang_up()
    call_id = await mercury.call_from(caller)
    await mercury.ended(call_id)
    flight = await whole_flight(mercury, call_id)
    assert replay_turns(flight).difference is None
    data = FlightFolder(mercury.run_dir / "flights").file(call_id).read_bytes()
    for secret in (b"5001", caller.encode(), b"order number"):
        assert secret not in data
