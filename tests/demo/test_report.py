"""What the demo tells, and when it says that all went well."""

from __future__ import annotations

from typing import Any

from demo.report import Failed, Told, figures, succeeded, summary
from phones.trace import Arrival, CallTrace, KeyPress


def packets(start: float, end: float) -> tuple[float, ...]:
    return tuple(start + number * 0.02 for number in range(round((end - start) / 0.02) + 1))


def trace(*, answered: bool = True) -> CallTrace:
    """The agent speaks at 0.05 s; the caller over it at 1 s, and gets an answer 0.7 s later; a key, and an answer."""
    agent = (*packets(0.05, 1.1), *packets(2.2, 4), *packets(5.33, 6)) if answered else ()
    return CallTrace(
        phone="phone",
        invited_at=-1.0,
        ringing_at=None,
        answered_at=0.0 if answered else None,
        ended_at=7.0,
        end=None,
        own_voiced=packets(1, 1.5) if answered else (),
        keys=(KeyPress("1", 5.2, 5.3),) if answered else (),
        arrivals=tuple(Arrival(at, number, number * 160, 1, True) for number, at in enumerate(agent)),
    )


def told(
    name: str = "vendor", outcome: str = "confirmed", *, direction: str = "outbound", call_id: str = "call_1"
) -> Told:
    record: dict[str, Any] = {"id": call_id, "direction": direction, "outcome": outcome}
    return Told(name, "confirmed", record, trace())


def result(call_id: str, *, verified: bool = True) -> dict[str, Any]:
    return {"verified": verified, "body": {"data": {"call_id": call_id}}}


def test_a_call_s_figures_are_those_of_the_wire() -> None:
    assert told().summary() == {
        "name": "vendor",
        "direction": "outbound",
        "outcome": "confirmed",
        "expected": "confirmed",
        "ok": True,
        "answer_to_voice_ms": 50.0,
        "turn_gaps_ms": [700.0],
        "key_gaps_ms": [30.0],
        "barge_in_stop_ms": 90.0,
    }


def test_a_call_that_was_not_answered_has_none() -> None:
    entry = Told("busy", "busy", {"id": "call_1", "direction": "outbound", "outcome": "busy"}, trace(answered=False))
    found = entry.summary()
    assert (found["answer_to_voice_ms"], found["turn_gaps_ms"], found["barge_in_stop_ms"]) == (None, [], None)
    assert found["ok"]


def test_one_result_is_expected_for_each_outbound_call() -> None:
    calls = [told(), told(direction="inbound", call_id="call_2")]
    document = summary(calls, [result("call_1"), result("call_2"), result("call_of_another_run")])
    assert document["callbacks"] == {"expected": 1, "received": 1, "verified": 1}
    assert succeeded(document)


def test_a_result_that_is_missing_doubled_or_forged_is_a_failure() -> None:
    for results in ([], [result("call_1")] * 2, [result("call_1", verified=False)]):
        assert not succeeded(summary([told()], results))


def test_another_outcome_is_a_failure() -> None:
    assert not succeeded(summary([told(outcome="unclear")], [result("call_1")]))


def test_a_call_that_did_not_go_as_scripted_is_a_failure_and_told() -> None:
    failed = Failed("vendor", "outbound", "confirmed", "expected the answer within 20 s")
    document = summary([failed], [])
    assert not succeeded(document)
    assert document["calls"][0]["error"] == "expected the answer within 20 s"
    assert document["calls"][0].keys() - {"error"} == told().summary().keys()
    assert figures(document).startswith("NOT vendor")


def test_the_figures_as_people_read_them() -> None:
    line = figures(summary([told()], []))
    assert line.startswith("ok  vendor")
    for words in ("voice 50 ms after the answer", "turn gaps 700 ms", "silent 90 ms after the interruption"):
        assert words in line
