"""The rules of the queue: who is first, when a trunk takes the next, when a call is tried again, who is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.dialer.attempts import next_attempt
from ari_app.dialer.line import TURNS, Waiting, first_rank, rank, turn
from ari_app.dialer.membership import LEASE_S, Watch
from ari_app.dialer.pace import SetBack, slot
from ari_app.store.nodes import Node
from ari_app.store.terms import Cause, Retries, RetryRule

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Line:
    """A queue in memory: parties come, ranks are given, the first is served."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, str]] = []

    def come(self, party: str, priority: int = 5) -> None:
        low = first_rank(priority)
        here = [(each, owner) for each, owner in self.waiting if low <= each < low + TURNS]
        served = min((turn(each) for each, _ in here), default=None)
        own = max((turn(each) for each, owner in here if owner == party), default=None)
        self.waiting.append((rank(priority, Waiting(served, own)), party))

    def serve(self) -> str:
        first = min(self.waiting)
        self.waiting.remove(first)
        return first[1]


def test_parties_take_turns_however_many_calls_one_posts() -> None:
    line = Line()
    for _ in range(10):
        line.come("bulk")
    for _ in range(3):
        line.come("small")
    assert "".join(line.serve()[0] for _ in range(7)) == "bsbsbsb"


def test_who_comes_late_waits_one_turn_and_gains_nothing_by_having_been_idle() -> None:
    line = Line()
    for _ in range(10):
        line.come("bulk")
    for _ in range(5):
        line.serve()
    for _ in range(5):
        line.come("late")
    assert "".join(line.serve()[0] for _ in range(6)) == "blblbl"


def test_the_urgent_go_before_all_others() -> None:
    line = Line()
    for _ in range(3):
        line.come("bulk", priority=5)
    line.come("urgent", priority=0)
    line.come("last", priority=9)
    assert [line.serve() for _ in range(5)] == ["urgent", "bulk", "bulk", "bulk", "last"]


@given(priority=st.integers(0, 9), served=st.integers(0, TURNS * 2), own=st.none() | st.integers(0, TURNS * 2))
def test_a_rank_stays_within_its_priority_and_31_bits(priority: int, served: int, own: int | None) -> None:
    given_rank = rank(priority, Waiting(served, own))
    assert first_rank(priority) <= given_rank < first_rank(priority) + TURNS
    assert 1 <= given_rank < 2**31


def test_calls_begin_one_interval_apart() -> None:
    first = slot(None, NOON, 4.0)
    assert (first.wait_s, first.next_at) == (0.0, NOON + timedelta(seconds=0.25))
    second = slot(first.next_at, NOON + timedelta(seconds=0.1), 4.0)
    assert second.wait_s == pytest.approx(0.15)
    assert slot(second.next_at, NOON + timedelta(seconds=0.25), 4.0).wait_s == 0.0


@given(late=st.lists(st.floats(0, 0.6), min_size=20, max_size=60))
def test_slots_that_are_taken_late_keep_the_pace_and_no_more(late: list[float]) -> None:
    """Each call asks up to 2.4 intervals late: in any two seconds no more than two above the pace begin."""
    now, next_at, begun = 0.0, None, []
    for by in late:
        now = max(now, next_at or 0.0) + by
        taken = slot(None if next_at is None else NOON + timedelta(seconds=next_at), NOON + timedelta(seconds=now), 4.0)
        assert taken.wait_s == 0
        begun.append(now)
        next_at = (taken.next_at - NOON).total_seconds()
    for first in begun:
        assert sum(first <= each < first + 2.0 for each in begun) <= 8 + 2


def test_asking_a_little_late_costs_no_pace() -> None:
    next_at, now = None, NOON
    for _ in range(100):
        now = max(now, next_at or NOON) + timedelta(seconds=0.05)
        next_at = slot(next_at, now, 4.0).next_at
    assert now - NOON < timedelta(seconds=100 / 4 + 0.1)


@given(back=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=2)), rate=st.floats(0.1, 50))
def test_a_clock_set_back_costs_one_interval_at_most(back: timedelta, rate: float) -> None:
    taken = slot(None, NOON, rate)
    then = slot(taken.next_at, NOON - back, rate)
    assert 0 < then.wait_s <= 1 / rate + 1e-6
    assert slot(then.next_at, NOON - back + timedelta(seconds=1 / rate + 1e-6), rate).wait_s == 0.0


def test_a_clock_set_back_is_seen_once() -> None:
    clock = SetBack(NOON, 100.0)
    assert clock.by(NOON + timedelta(seconds=30), 130.0) == timedelta()
    assert clock.by(NOON + timedelta(seconds=60) - HOUR, 160.0) == HOUR
    assert clock.by(NOON + timedelta(seconds=90) - HOUR, 190.0) == timedelta()
    assert clock.by(NOON + HOUR, 200.0) == timedelta(), "set forward"


RULES = Retries(
    busy=RetryRule(times=3, wait_s=(60.0, 120.0)),
    no_answer=RetryRule(times=1, wait_s=(600.0,)),
    most=5,
    window_s=3600.0,
)


@pytest.mark.parametrize(
    ("past", "wait_s"),
    [
        ([Cause.BUSY], 60),
        ([Cause.BUSY, Cause.BUSY], 120),
        ([Cause.BUSY, Cause.BUSY, Cause.BUSY], 120),
        ([Cause.BUSY] * 4, None),
        ([Cause.BUSY, Cause.NO_ANSWER], 600),
        ([Cause.NO_ANSWER, Cause.BUSY, Cause.NO_ANSWER], None),
        ([Cause.UNREACHABLE], None),
        ([Cause.BUSY, Cause.NO_ANSWER, Cause.BUSY, Cause.BUSY, Cause.BUSY], None),
    ],
)
def test_each_cause_is_tried_again_by_its_own_rule(past: list[Cause], wait_s: float | None) -> None:
    at = next_attempt(RULES, past, first_at=NOON, now=NOON, latest_at=None, spread=0.5)
    assert at == (None if wait_s is None else NOON + timedelta(seconds=wait_s))


def test_no_attempt_begins_after_the_window_or_the_latest_time() -> None:
    late = NOON + timedelta(minutes=59, seconds=30)
    assert next_attempt(RULES, [Cause.BUSY], first_at=NOON, now=late, latest_at=None, spread=0.5) is None
    soon = NOON + timedelta(seconds=30)
    assert next_attempt(RULES, [Cause.BUSY], first_at=NOON, now=NOON, latest_at=soon, spread=0.5) is None


@given(spread=st.floats(0, 1))
def test_waits_are_spread_by_a_tenth(spread: float) -> None:
    at = next_attempt(RULES, [Cause.BUSY], first_at=NOON, now=NOON, latest_at=None, spread=spread)
    assert at
    assert 53.9 <= (at - NOON).total_seconds() <= 66.1


def nodes(*beats: int, lost: bool = False) -> list[Node]:
    return [Node(f"node-{number}", 1, beat, lost=lost) for number, beat in enumerate(beats)]


def test_a_peer_is_silent_when_its_beat_has_not_grown_for_the_lease() -> None:
    watch = Watch("node-0")
    for second in range(int(LEASE_S)):
        assert watch.silent(nodes(second, second, 7), float(second)) == []
    assert [node.name for node in watch.silent(nodes(9, 99, 7), LEASE_S)] == ["node-2"]
    assert watch.silent(nodes(9, 99, 7, lost=True), LEASE_S) == []


def test_who_has_not_looked_has_seen_nothing() -> None:
    """It was frozen itself, or could not reach the records: its peers' time begins anew."""
    watch = Watch("node-0")
    watch.silent(nodes(1, 1), 0.0)
    assert watch.silent(nodes(1, 1), LEASE_S + 60) == []
    assert watch.silent(nodes(2, 1), LEASE_S + 61) == []


def test_a_peer_that_began_anew_is_not_silent() -> None:
    watch = Watch("node-0")
    for second in range(int(LEASE_S)):
        watch.silent(nodes(1, 5), float(second))
    assert watch.silent([Node("node-1", 2, 5, lost=False)], LEASE_S) == []
