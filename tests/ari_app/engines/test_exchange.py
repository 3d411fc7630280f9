"""Engines are replaced while calls go on: each keeps those that it began with, and none is closed under it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ari_app.engines.budget import MemoryBudgetError
from ari_app.engines.exchange import UnderWayError
from ari_app.engines.generations import Stage
from ari_app.ops.settings import SettingsError
from media.errors import EngineError
from tests.ari_app.engines.house import Engine, House, open_house

VOICES = ("one", "two", "three")


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with open_house(tmp_path, monkeypatch) as house:
        yield house


async def test_calls_in_progress_keep_theirs_and_new_ones_get_the_new(house: House) -> None:
    old_call = house.generations.hold("old")
    house.set("one", "two")
    with capture_logs() as logs:
        await house.reload()
    new_call = house.generations.hold("new")
    assert old_call.engines.faculties.voice is not new_call.engines.faculties.voice
    assert house.stages == [(1, "leaving"), (2, "current")]
    assert house.engine("voice", "one").done == ["start"]
    (taken,) = (log for log in logs if log["event"] == "engines.taken")
    assert (taken["calls_of_before"], taken["held_by"]) == (1, ["old"])
    with capture_logs() as logs:
        house.generations.let_go("old")
        await house.generations.settled()
    assert house.engine("voice", "one").done == ["start", "close"]
    assert house.stages == [(2, "current")]
    assert [log["closed"] for log in logs if log["event"] == "engines.left"] == [["synthesiser voice"]]
    house.generations.let_go("new")
    assert house.engine("voice", "two").done == ["start"]


async def test_what_is_made_in_the_same_way_is_shared_and_loaded_once(house: House) -> None:
    house.set("one", "two")
    begun = await house.exchange.begin()
    assert (begun.generation, begun.loads, begun.shares) == (2, ("synthesiser voice",), ("recogniser ear",))
    await house.exchange.settled()
    await house.generations.settled()
    assert house.engine("ear", "one").done == ["start"]
    assert [one.done for one in house.made] == [["start"], ["start", "close"], ["start"]]


async def test_its_health_is_shared_with_it(house: House) -> None:
    before = {state.name: state for state in house.generations.states()}
    house.generations.current.engines._roster.watched(*_ear(house)).watch.went_wrong("out of order")
    house.set("one", "two")
    await house.reload()
    after = {state.name: state.report.failed for state in house.generations.states()}
    assert before["ear"].report.failed == 0
    assert after == {"ear": 1, "voice": 0, "text": 0}


def _ear(house: House) -> tuple[Any, str, Any]:
    member = house.generations.current.engines.members[0]
    return member.kind, member.name, member.engine


async def test_where_nothing_changed_nothing_is_made(house: House) -> None:
    begun = await house.exchange.begin()
    assert (begun.generation, begun.loads) == (1, ())
    assert len(house.made) == 2
    assert house.stages == [(1, "current")]


async def test_other_chains_of_the_same_engines_are_taken_without_loading(house: House) -> None:
    house.set("one", "one", breaker_failures=7)
    begun = await house.exchange.begin()
    assert (begun.generation, begun.loads) == (2, ())
    await house.exchange.settled()
    await house.generations.settled()
    assert house.stages == [(2, "current")]
    assert [one.done for one in house.made] == [["start"], ["start"]]


async def test_old_and_new_must_fit_together_or_the_old_stay(house: House) -> None:
    house.set("one", "two", models={"voice": {"mib": 801}})
    with pytest.raises(MemoryBudgetError) as refused:
        await house.exchange.begin()
    table = [line.split("  ")[0] for line in str(refused.value).splitlines()[1:-1]]
    assert table == [
        "engine",
        "recogniser ear",
        "synthesiser voice",
        "synthesiser voice (generation 1, current)",
        "sum",
        "budget",
        "missing",
    ]
    assert house.stages == [(1, "current")]
    assert house.engine("voice", "two").done == ["close"]


async def test_what_would_fit_by_itself_is_taken_once_the_settings_allow_it(house: House) -> None:
    house.set("one", "two", models={"voice": {"mib": 801}}, memory={"ram_mib": 1001})
    await house.reload()
    assert house.generations.current.number == 2


async def test_a_reload_that_fails_half_way_leaves_all_as_it_was(house: House) -> None:
    house.set("two", "broken")
    with capture_logs() as logs:
        await house.reload()
    assert house.stages == [(1, "current")]
    assert house.engine("ear", "two").done[-1] == house.engine("voice", "broken").done[-1] == "close"
    assert house.exchange.failure == "broken can't be loaded; choose another voice"
    assert [log["error"] for log in logs if log["event"] == "engines.refused"] == [house.exchange.failure]
    house.set("two", "two")
    await house.reload()
    await house.generations.settled()
    assert house.stages == [(3, "current")]
    assert house.exchange.failure == ""


async def test_engines_that_the_flows_can_t_be_said_with_are_given_up(house: House) -> None:
    house.publish_error = EngineError("no synthesiser speaks 'hi'")
    house.set("one", "two")
    await house.reload()
    assert house.stages == [(1, "current")]
    assert house.exchange.failure == "no synthesiser speaks 'hi'"
    assert house.engine("voice", "two").done == ["start", "close"]


async def test_settings_that_can_t_be_read_change_nothing(house: House) -> None:
    house.unreadable = "engines.minds: expected a list"
    with pytest.raises(SettingsError, match="expected a list"):
        await house.exchange.begin()
    assert not house.exchange.under_way
    assert house.stages == [(1, "current")]


async def test_only_the_engines_of_the_settings_are_taken(house: House) -> None:
    house.set("one", "two")
    house._settings = house._settings.model_copy(update={"node": "node-9"})
    await house.reload()
    assert house.generations.current.engines.settings.node == "node-1"


async def test_one_reload_at_a_time(house: House) -> None:
    house.may_load.clear()
    house.loading.clear()
    house.set("one", "two")
    await house.exchange.begin()
    await house.loading.wait()
    with pytest.raises(UnderWayError, match="already"):
        await house.exchange.begin()
    assert house.stages == [(1, "current"), (2, "loading")]
    house.may_load.set()
    await house.exchange.settled()
    house.set("one", "three")
    await house.reload()
    await house.generations.settled()
    assert house.stages == [(3, "current")]


async def test_after_two_reloads_each_call_still_has_its_own(house: House) -> None:
    house.generations.hold("first")
    house.set("one", "two")
    await house.reload()
    house.generations.hold("second")
    house.set("one", "three")
    await house.reload()
    assert house.stages == [(1, "leaving"), (2, "leaving"), (3, "current")]
    house.generations.let_go("second")
    await house.generations.settled()
    assert [house.engine("voice", voice).done[-1] for voice in ("one", "two", "three")] == ["start", "close", "start"]
    house.generations.let_go("first")
    await house.generations.settled()
    assert house.engine("voice", "one").done == ["start", "close"]
    assert house.engine("ear", "one").done == ["start"]


async def test_going_back_takes_what_a_call_still_has(house: House) -> None:
    house.generations.hold("first")
    house.set("one", "two")
    await house.reload()
    house.set("one", "one")
    await house.reload()
    await house.generations.settled()
    assert house.stages == [(1, "leaving"), (3, "current")]
    house.generations.let_go("first")
    await house.generations.settled()
    assert house.engine("voice", "one").done == ["start"]


async def test_the_last_call_may_end_while_its_engines_are_about_to_be_shared(house: House) -> None:
    house.generations.hold("first")
    house.set("one", "two")
    await house.reload()
    house.may_load.clear()
    house.set("three", "one")
    await house.exchange.begin()
    house.generations.let_go("first")
    await house.generations.settled()
    assert house.engine("voice", "one").done == ["start"]
    house.may_load.set()
    await house.exchange.settled()
    await house.generations.settled()
    assert house.stages == [(3, "current")]


async def test_the_last_call_ends_while_engines_are_being_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.generations.hold("first")
    house.set("one", "two")
    await house.reload()
    with house.generations.staying():
        house.generations.let_go("first")
        assert house.stages == [(1, "leaving"), (2, "current")]
    await house.generations.settled()
    assert house.stages == [(2, "current")]


async def test_closing_gives_up_what_is_being_loaded(house: House) -> None:
    house.may_load.clear()
    house.loading.clear()
    house.set("one", "two")
    await house.exchange.begin()
    await house.loading.wait()
    await house.exchange.close()
    assert house.stages == [(1, "current")]
    assert house.engine("voice", "two").done == ["close"]
    with pytest.raises(UnderWayError, match="closing"):
        await house.exchange.begin()


async def test_closing_ends_what_calls_still_have(house: House) -> None:
    house.generations.hold("first")
    house.set("two", "two")
    await house.reload()
    await house.generations.close()
    assert [one.done for one in house.made] == [["start", "close"]] * 4
    house.made.clear()


async def test_a_call_that_never_began_lets_go_without_harm(house: House) -> None:
    house.generations.let_go("nobody")
    held = house.generations.hold("call")
    house.generations.hold("call")
    assert list(held.calls) == ["call"]
    house.generations.let_go("call")
    house.generations.let_go("call")
    assert not held.calls


async def test_memory_is_looked_through_once_no_call_is_on(house: House) -> None:
    house.generations.hold("old")
    house.set("one", "two")
    await house.reload()
    house.generations.hold("new")
    house.generations.let_go("old")
    await house.generations.settled()
    assert house.settled == []
    house.generations.let_go("new")
    assert house.settled == [0]
    house.generations.hold("next")
    house.generations.let_go("next")
    assert house.settled == [0]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_comes_in_whatever_order_no_call_loses_its_engines(house: House, seed: int) -> None:
    by_chance, calls = random.Random(seed), dict[str, list[Engine]]()
    for step in range(120):
        what = by_chance.random()
        if what < 0.4:
            engines = house.generations.hold(f"call {step}").engines
            calls[f"call {step}"] = [member.engine for member in engines.members]
        elif what < 0.75 and calls:
            house.generations.let_go(ended := by_chance.choice(list(calls)))
            del calls[ended]
        elif what < 0.9:
            house.set(by_chance.choice(VOICES), by_chance.choice([*VOICES, "broken"]), memory={"ram_mib": 100_000})
            with suppress(UnderWayError):
                await house.exchange.begin()
        elif what < 0.95:
            await house.exchange.settled()
        else:
            await asyncio.sleep(0)
        assert not [one for held in calls.values() for one in held if "close" in one.done]
    for call in list(calls):
        house.generations.let_go(call)
    await house.exchange.settled()
    await house.generations.settled()
    assert [one.stage for one in house.generations.all] == [Stage.CURRENT]
    at_work = {member.engine for member in house.generations.current.engines.members}
    assert {one for one in house.made if "close" not in one.done} == at_work
