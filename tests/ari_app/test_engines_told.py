"""What operators are told of the engines, and what is answered where they can't be replaced."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.api.models import EngineView
from ari_app.api.problem import ProblemError
from ari_app.engines_told import EnginesTold
from tests.ari_app.engines.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with open_house(tmp_path, monkeypatch) as house:
        yield house


async def test_who_holds_the_old_engines_is_told(house: House) -> None:
    told = EnginesTold(house.generations, house.exchange)
    house.generations.hold("call_1")
    house.generations.hold("call_2")
    house.set("one", "two")
    loading = await told.reload()
    assert (loading.generation, loading.loads, loading.shares) == (2, ["synthesiser voice"], ["recogniser ear"])
    await house.exchange.settled()
    shown = told.told()
    assert [(one.number, one.stage, one.held_by) for one in shown.generations] == [
        (1, "leaving", ["call_1", "call_2"]),
        (2, "current", []),
    ]
    assert shown.generations[1].engines == [
        EngineView(name="recogniser ear", ram_mib=100, vram_mib=0),
        EngineView(name="synthesiser voice", ram_mib=100, vram_mib=0),
    ]
    assert (shown.loading, shown.failure, shown.budget_ram_mib) == (False, "", 750)
    assert told.check().ok
    assert told.check().detail == "generation 1 leaving (2 calls, call_1 the longest); generation 2 current"


async def test_what_does_not_fit_is_answered_with_the_table(house: House) -> None:
    house.set("one", "two", models={"voice": {"mib": 900}})
    with pytest.raises(ProblemError) as problem:
        await EnginesTold(house.generations, house.exchange).reload()
    assert problem.value.status == 422
    assert "synthesiser voice (generation 1, current)" in problem.value.detail
    assert problem.value.detail.endswith("The engines of before stay.")


async def test_settings_that_can_t_be_read_are_answered_with_what_is_wrong(house: House) -> None:
    house.unreadable = "engines.minds: expected a list"
    with pytest.raises(ProblemError, match="expected a list") as problem:
        await EnginesTold(house.generations, house.exchange).reload()
    assert problem.value.status == 422


async def test_a_reload_during_another_has_to_wait(house: House) -> None:
    told = EnginesTold(house.generations, house.exchange)
    house.may_load.clear()
    house.set("one", "two")
    await told.reload()
    assert told.told().loading
    with pytest.raises(ProblemError, match="GET /admin/engines") as problem:
        await told.reload()
    assert problem.value.status == 409
    house.may_load.set()
    await house.exchange.settled()


async def test_a_reload_that_came_to_nothing_is_told_of_and_no_trouble_of_the_calls(house: House) -> None:
    told = EnginesTold(house.generations, house.exchange)
    house.set("one", "broken")
    await told.reload()
    await house.exchange.settled()
    assert told.told().failure.startswith("broken can't be loaded")
    assert told.check().ok
    assert "the last reload was refused: broken can't be loaded" in told.check().detail
