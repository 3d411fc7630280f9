"""The golden table of what becomes of a call."""

from typing import Any

import pytest

from ari_app.calls.outcome import UNANSWERED, Facts, conclude
from ari_app.calls.state import State
from ari_app.store.records import Direction, Status
from ivr_flows.commands import End

CONFIRMED = End("confirmed", {"ready_in": 20}, decided=True)
IN, OUT = Direction.INBOUND, Direction.OUTBOUND

GOLDEN: list[tuple[dict[str, Any], Status, str]] = [
    ({"direction": OUT, "cause": 17}, Status.BUSY, "busy"),
    ({"direction": OUT, "cause": 21}, Status.BUSY, "declined"),
    ({"direction": OUT, "cause": 21, "sip_status": 603}, Status.BUSY, "declined"),
    ({"direction": OUT, "cause": 21, "sip_status": 403}, Status.FAILED, "refused"),
    ({"direction": OUT, "cause": 19}, Status.NO_ANSWER, "no_answer"),
    ({"direction": OUT, "cause": 127, "overdue": State.DIALING}, Status.NO_ANSWER, "no_answer"),
    ({"direction": OUT, "cause": 1}, Status.FAILED, "wrong_number"),
    ({"direction": OUT, "cause": 34}, Status.FAILED, "unreachable"),
    ({"direction": OUT, "cause": 99}, Status.FAILED, "failed"),
    ({"direction": OUT, "cause": 127, "canceled": "order withdrawn"}, Status.CANCELED, "canceled"),
    ({"direction": OUT, "setup_error": "no such trunk"}, Status.FAILED, "failed"),
    ({"direction": OUT, "answered": True, "cause": 16}, Status.COMPLETED, "abandoned"),
    ({"direction": IN, "cause": 16}, Status.COMPLETED, "abandoned"),
    ({"direction": IN, "answered": True, "overdue": State.SETTING_UP}, Status.FAILED, "failed"),
    ({"direction": OUT, "answered": True, "talked": True, "end": CONFIRMED}, Status.COMPLETED, "confirmed"),
    (
        {"direction": OUT, "answered": True, "talked": True, "end": CONFIRMED, "canceled": "late"},
        Status.COMPLETED,
        "confirmed",
    ),
    ({"direction": IN, "answered": True, "talked": True, "setup_error": "the flow failed"}, Status.FAILED, "failed"),
]


@pytest.mark.parametrize(("facts", "status", "outcome"), GOLDEN)
def test_golden(facts: dict[str, Any], status: Status, outcome: str) -> None:
    final = conclude(Facts(**facts))
    assert (final.status, final.outcome) == (status, outcome)
    assert final.reason
    assert final.status.final


def test_the_flow_s_data_and_commitment_are_kept() -> None:
    final = conclude(Facts(OUT, answered=True, talked=True, end=CONFIRMED))
    assert final.data == {"ready_in": 20}
    assert final.decided


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(IN, talked=True, end=CONFIRMED, overdue=State.TALKING), "longest time"),
        (Facts(IN, talked=True, end=CONFIRMED, media_lost=True), "audio stopped"),
        (Facts(IN, talked=True, end=CONFIRMED, canceled="closing"), "closing"),
    ],
)
def test_the_reason_says_who_ended_a_conversation(facts: Facts, reason: str) -> None:
    assert reason in conclude(facts).reason


def test_no_cause_of_an_unanswered_call_reads_as_success() -> None:
    assert all(status.final and status is not Status.COMPLETED for status, _, _ in UNANSWERED.values())
