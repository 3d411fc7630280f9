"""Work that is watched: what counts as an answer, as a failure, and as neither."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from media.errors import EngineBusyError, EngineError, EngineRestingError
from media.health import Condition, EngineHealth
from media.watch import FAILURES, Watch
from tests.virtual_time import LoopClock, virtual_time


def watch() -> Watch:
    return Watch("ears", EngineHealth(failures=2, open_s=10.0), LoopClock(), patience_s=2.0)


async def after(seconds: float, answer: str | None = "yes") -> str | None:
    await asyncio.sleep(seconds)
    return answer


async def broken() -> None:
    raise EngineError("out of memory")


async def parts(*pauses_s: float) -> AsyncIterator[str]:
    for number, pause_s in enumerate(pauses_s):
        await asyncio.sleep(pause_s)
        yield str(number)


@virtual_time
async def test_an_answer_counts_with_its_time_and_none_is_no_answer() -> None:
    watched = watch()
    attempt = watched.begin(last=False)
    assert await attempt.answer(after(0.5, None)) is None
    assert watched.report().answered == 0
    assert await attempt.answer(after(0.25)) == "yes"
    assert (watched.report().answered, watched.report().median_ms) == (1, 250.0)


@virtual_time
async def test_what_is_slower_than_its_patience_is_a_failure() -> None:
    watched = watch()
    with pytest.raises(EngineBusyError, match="ears: nothing came in 2 s"):
        await watched.begin(last=False).answer(after(3))
    assert watched.report().error == "ears: nothing came in 2 s"


@virtual_time
async def test_work_ahead_takes_its_time_and_giving_it_up_says_nothing() -> None:
    watched = watch()
    assert await watched.begin(last=False, awaited=False).answer(after(30)) == "yes"
    standing = asyncio.create_task(watched.begin(last=False, awaited=False).answer(after(30)))
    await asyncio.sleep(20)
    standing.cancel()
    await asyncio.gather(standing, return_exceptions=True)
    assert (watched.report().answered, watched.report().error) == (1, "")


@virtual_time
async def test_work_ahead_that_makes_way_for_another_says_nothing_of_the_engine() -> None:
    async def displaced() -> AsyncIterator[str]:
        raise EngineBusyError("ears: gave its place")
        yield ""

    heard: list[str] = []
    told = FAILURES.set(lambda name, error: heard.append(f"{name} {error}"))
    watched = watch()
    for awaited in (False, True):
        with pytest.raises(EngineBusyError, match="gave its place"):
            await _first(watched.begin(last=False, awaited=awaited).stream(displaced()))
        assert bool(watched.report().error) == bool(heard) == awaited
    FAILURES.reset(told)


@virtual_time
async def test_the_last_is_waited_for_and_tried_even_while_it_is_left_alone() -> None:
    watched = watch()
    for _ in range(2):
        with pytest.raises(EngineError, match="out of memory"):
            await watched.begin(last=False).answer(broken())
    assert not watched.ready
    with pytest.raises(EngineRestingError, match=r"ears: left alone for 10.0 s more; last: out of memory"):
        watched.begin(last=False)
    assert await watched.begin(last=True).answer(after(3)) == "yes"
    assert watched.ready


@virtual_time
async def test_one_attempt_fails_once_and_an_answer_before_does_not_excuse_it() -> None:
    watched = watch()
    attempt = watched.begin(last=False)
    await attempt.answer(after(0))
    for _ in range(3):
        with pytest.raises(EngineError):
            await attempt.answer(broken())
    assert (watched.report().answered, watched.report().failed) == (1, 1)
    assert watched.report().condition is Condition.FAILING


@virtual_time
async def test_who_changes_their_mind_says_nothing_of_the_engine_but_who_was_kept_waiting_does() -> None:
    watched = watch()
    for waited_s, failed in ((1.9, 0), (2.5, 1)):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(waited_s):
                await watched.begin(last=True).answer(after(60))
        assert watched.report().failed == failed


@virtual_time
async def test_a_stream_s_first_part_is_the_answer_and_every_part_has_its_time() -> None:
    watched = watch()
    came = []
    with pytest.raises(EngineBusyError):
        async for part in watched.begin(last=False).stream(parts(1.5, 1.5, 2.5)):
            came.append(part)
    assert came == ["0", "1"]
    report = watched.report()
    assert (report.answered, report.failed, report.median_ms) == (1, 1, 1500.0)


@virtual_time
async def test_a_stream_of_nothing_is_an_answer_too() -> None:
    watched = watch()
    assert [part async for part in watched.begin(last=False).stream(parts())] == []
    assert watched.report().answered == 1


@virtual_time
async def test_leaving_a_stream_ends_the_engine_s() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                yield "on and on"
        finally:
            ended.set()

    stream = watch().begin(last=False).stream(endless())
    await anext(stream)
    await stream.aclose()
    assert ended.is_set()


@virtual_time
async def test_one_that_goes_ahead_and_is_called_back_lets_another_go() -> None:
    watched = watch()
    for _ in range(2):
        watched.begin(last=True).failed(EngineError("out"))
    await asyncio.sleep(10)
    ahead = watched.begin(last=False)
    assert not watched.ready
    ahead.withdrawn()
    assert watched.ready


@virtual_time
async def test_who_listens_hears_which_engine_failed_in_what_they_asked_for() -> None:
    heard: list[str] = []

    async def asking() -> None:
        FAILURES.set(lambda engine, error: heard.append(f"{engine}: {error}"))
        with pytest.raises(EngineBusyError):
            await _first(watch().begin(last=False).stream(parts(5)))

    await asyncio.create_task(asking())
    with pytest.raises(EngineBusyError):
        await anext(watch().begin(last=False).stream(parts(5)))
    assert heard == ["ears: ears: nothing came in 2 s"]


async def _first(stream: AsyncIterator[str]) -> str:
    return await asyncio.create_task(_next(stream))


async def _next(stream: AsyncIterator[str]) -> str:
    return await anext(stream)
