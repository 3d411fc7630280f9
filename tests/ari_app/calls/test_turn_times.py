"""Where the time of a turn went: each stage, and their sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ari_app.calls.state import State
from ari_app.calls.turn_times import TurnFigures, TurnTimes
from ari_app.ops.timeline import render
from media.dialog.protocol import AgentStarted, TurnEnded
from media.flight.story import STAGES
from tests.ari_app.calls.scene import Scene
from tests.ari_app.calls.test_filling import flow
from tests.virtual_time import LoopClock, settle, virtual_time


def turn(ended_at: float = 10.0, *, told_at: float = 10.9, recognised_ms: float = 300.0) -> TurnEnded:
    return TurnEnded(told_at, "yes", 0.9, "whisper", ended_at - 1, ended_at, recognised_ms)


def test_every_stage_is_told_and_the_total_is_their_sum() -> None:
    times = TurnTimes()
    assert times.ended(turn()) is None
    times.filled(10.7)
    times.understood(10.9204)
    times.says("ask.ask.2", 11.5)
    assert times.began(AgentStarted(11.6, "filler.1")) is None
    told = times.began(AgentStarted(11.8008, "ask.ask.2", 11.7))
    assert told is not None
    assert told.at == 11.8008
    assert told.facts == {
        **{"endpoint_ms": 600, "text_ms": 300, "meaning_ms": 20, "words_ms": 580, "audio_ms": 200, "played_ms": 101},
        **{"total_ms": 1801, "engine": "whisper", "answered": True, "filler_ms": 700},
    }
    assert sum(int(str(told.facts[stage])) for stage in STAGES) == 1801
    assert times.over() is None


def test_what_was_rendered_ahead_took_no_time() -> None:
    times = TurnTimes()
    times.ended(turn())
    times.understood(11.0)
    times.says("a", 11.0)
    told = times.began(AgentStarted(11.02, "a", 10.2))
    assert told is not None
    assert (told.facts["audio_ms"], told.facts["played_ms"], told.facts["total_ms"]) == (0, 20, 1020)


@pytest.mark.parametrize("understood", [True, False])
def test_a_turn_without_an_answer_is_told_as_far_as_it_came(understood: bool) -> None:
    times = TurnTimes()
    times.ended(turn())
    if understood:
        times.understood(11.0)
        times.says("a", 11.0)
        times.says("b", 11.1)
        assert times.began(AgentStarted(12, "b")) is None
    else:
        times.says("a", 11.0)
    told = times.ended(turn(20.0, told_at=20.5))
    assert told is not None
    assert told.facts["answered"] is False
    assert list(told.facts)[: 4 if understood else 2] == list(STAGES)[: 4 if understood else 2]
    assert told.facts["total_ms"] == (1000 if understood else 900)


def test_a_filler_of_an_earlier_turn_is_none_of_this_one() -> None:
    times = TurnTimes()
    times.filled(9.0)
    times.ended(turn())
    told = times.over()
    assert told is not None
    assert "filler_ms" not in told.facts


def test_a_node_tells_the_median_of_its_latest_answered_turns() -> None:
    figures = TurnFigures()
    assert str(figures) == ""
    for total in range(100):
        took = dict.fromkeys(STAGES, 0) | {"endpoint_ms": 500, "played_ms": total}
        figures.add({**took, "total_ms": 500 + total, "answered": True})
    figures.add({"total_ms": 9000, "answered": False})
    assert str(figures) == (
        "100 turns: answered after 550 ms, 95 % within 595 ms (end silence 500, recogniser 0, understanding 0, "
        "words 0, first audio 0, played 50)"
    )


async def latencies(scene: Scene) -> list[Mapping[str, Any]]:
    await scene.history.flush()
    return [event.data for event in scene.store.events if event.kind == "turn_latency"]


@virtual_time
async def test_a_call_s_history_has_one_line_a_turn() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leg.turn("yes", took_ms=0)
    await settle()
    now = LoopClock().now()
    scene.leg.tell(AgentStarted(now + 0.05, scene.leg.said[-1].id, now + 0.03))
    (line,) = await latencies(scene)
    assert line == {
        **{"ms": 50, "endpoint_ms": 600, "text_ms": 0, "meaning_ms": 0, "words_ms": 0, "audio_ms": 30},
        **{"played_ms": 20, "total_ms": 650, "engine": "scripted", "answered": True},
    }
    call = {"id": "c", "flow": "f", "language": "en", "direction": "inbound", "from": "x", "status": "completed"}
    shown = render({**call, "events": [{"kind": "turn_latency", "data": line}]})
    assert "waited   end silence 600 + recogniser 0 + understanding 0 + words 0 + first audio 30 + played 20" in shown
    assert "= 650 ms" in shown


@virtual_time
async def test_the_last_turn_is_told_though_the_flow_ends_with_its_answer() -> None:
    scene = Scene(flow=flow(), inputs={})
    await scene.reach(State.TALKING)
    scene.leg.play()
    scene.leg.turn("yes")
    await settle()
    now = LoopClock().now()
    scene.leg.tell(AgentStarted(now + 0.04, scene.leg.said[-1].id, now))
    await settle()
    scene.leg.played()
    assert (await scene.final()).outcome == "done"
    assert [(line["answered"], line["total_ms"]) for line in await latencies(scene)] == [(True, 640)]


@virtual_time
async def test_a_turn_that_nothing_answers_is_told_at_the_end() -> None:
    scene = Scene(flow=flow(), inputs={})
    await scene.reach(State.TALKING)
    scene.leg.turn("yes")
    assert (await scene.final()).outcome == "done"
    assert [(line["answered"], line["total_ms"]) for line in await latencies(scene)] == [(False, 600)]
