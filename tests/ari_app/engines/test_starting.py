"""Engines are loaded side by side, each within its time; what fails ends the others' loading."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from ari_app.engines import starting
from ari_app.engines.footprint import Footprint
from ari_app.engines.starting import Wanted, close_all, start_all
from media.errors import EngineUnavailableError
from media.needs import NOTHING, Need


class Slow:
    """Loaded when it is let."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.cancelled = False

    async def start(self) -> None:
        self.begun.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


class Broken:
    """It can't be loaded once another has begun."""

    def __init__(self, after: asyncio.Event, error: Exception) -> None:
        self._after, self._error = after, error

    async def start(self) -> None:
        await self._after.wait()
        raise self._error


def wanted(name: str, engine: object, need: Need = NOTHING, limit_s: float = 5.0) -> Wanted:
    return Wanted(name, engine, need, limit_s)


async def test_all_are_loaded_at_once_and_told_of() -> None:
    one, other, said = Slow(), Slow(), list[str]()
    small = Need(ram_mib=10)
    loading = asyncio.create_task(start_all([wanted("one", one, small), wanted("other", other)], said.append))
    await one.begun.wait()
    await other.begun.wait()
    assert said == []
    other.go.set()
    one.go.set()
    await loading
    assert [line.split(" (")[0].split(" in ")[0] for line in said] == ["one is loaded and warm", "Engines are loaded"]
    assert "declares 10 MiB of RAM" in said[0]
    assert "they declare 10 MiB of RAM, and took " in said[1]


async def test_engines_that_hold_no_model_are_not_worth_a_line() -> None:
    said: list[str] = []
    await start_all([wanted("remote", object())], said.append)
    assert said == []


async def test_the_first_that_fails_ends_the_others_loading_with_its_remedy() -> None:
    slow = Slow()
    broken = Broken(slow.begun, EngineUnavailableError("run: mercury models fetch big"))
    with pytest.raises(EngineUnavailableError, match="mercury models fetch big"):
        await start_all([wanted("slow", slow), wanted("broken", broken)], print)
    assert slow.cancelled


async def test_one_that_is_not_loaded_in_its_time_is_given_up() -> None:
    slow = Slow()
    with pytest.raises(
        EngineUnavailableError, match=r"big was not loaded and warmed within 0\.01 s; set engines\.load_s"
    ):
        await start_all([wanted("big", slow, limit_s=0.01)], print)
    assert slow.cancelled


async def test_an_engine_s_own_time_out_is_not_taken_for_ours() -> None:
    begun = asyncio.Event()
    begun.set()
    with pytest.raises(EngineUnavailableError, match="far can't be loaded: no server"):
        await start_all([wanted("far", Broken(begun, TimeoutError("no server")))], print)


async def test_one_that_can_t_be_closed_keeps_no_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    class Stuck:
        name = "stuck"

        async def close(self) -> None:
            await asyncio.Event().wait()

    class Bad:
        name = "bad"

        async def close(self) -> None:
            raise OSError("gone")

    class Good:
        async def close(self) -> None:
            closed.append("good")

    monkeypatch.setattr(starting, "CLOSE_S", 0.01)
    with capture_logs() as logs:
        await close_all([Stuck(), Bad(), Good(), object()])
    assert closed == ["good"]
    assert {(log["engine"], log["error"]) for log in logs} == {("stuck", "TimeoutError"), ("bad", "gone")}


def test_what_a_process_takes_shows_in_its_footprint() -> None:
    before = Footprint.now()
    taken = bytearray(64 << 20)
    assert 60 <= before.growth().ram_mib <= 80
    del taken
