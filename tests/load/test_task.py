from __future__ import annotations

from datetime import UTC, datetime

import pytest

from load.errors import LoadError
from load.steps import ladder_step, one_step
from load.task import Asked, make_task
from tests.ivr_flows.shop import book

MONDAY_NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def test_a_flow_that_a_route_leads_to_is_called() -> None:
    task = make_task(Asked("customer_support"), book(), MONDAY_NOON)
    assert (task.direction, task.dialled) == ("in", "+918047112233")
    numbers = [entry.number for entry in task.plan(30, [], "r")]
    assert len({number[-4:] for number in numbers}) == 30


def test_a_flow_that_no_route_leads_to_calls_the_numbers_given() -> None:
    task = make_task(Asked("vendor_confirmation", mix="confirmed=3,busy=1"), book(), MONDAY_NOON)
    plan = task.plan(8, ["+919845000001", "+919845000002"], "r")
    assert task.direction == "out"
    assert {entry.number for entry in plan} == {"+919845000001", "+919845000002"}
    assert len({entry.inputs.get("order_id") for entry in plan}) == 8
    assert sum(entry.way.refusal == 486 for entry in plan) == 2


def test_hours_decide_which_flow_a_number_leads_to() -> None:
    assert make_task(Asked("after_hours"), book(), SUNDAY).dialled == "+918047112244"
    with pytest.raises(LoadError, match="no route"):
        make_task(Asked("after_hours", direction="in"), book(), MONDAY_NOON)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("pizza"), "vendor_confirmation"),
        (Asked("vendor_confirmation", language="ta"), "hi, mr, en"),
        (Asked("vendor_confirmation", to="+918047112233"), "does not lead to"),
        (Asked("rider_assignment", direction="in"), "--to"),
        (Asked("vendor_confirmation", inputs="[1"), "JSON"),
    ],
)
def test_what_can_not_be_done_is_said(asked: Asked, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        make_task(asked, book(), MONDAY_NOON)


def test_a_step_of_a_ladder_keeps_its_calls_up_for_a_while() -> None:
    step = ladder_step(10, 40, takes_s=20, limit_s=None)
    assert step.calls == 80
    assert step.pace.rate * 10 == step.pace.at_once == 40
    assert step.limit_s > 80 / 4 + 2 * 20


def test_no_more_can_be_up_than_are_made() -> None:
    assert one_step(5, 1.0, 100, 20, None).pace.at_once == 5
    assert one_step(5, 1.0, 100, 20, 7.0).limit_s == 7.0
