from __future__ import annotations

import pytest

from ari_app.calls.admission import FEWEST, Admission, Budget, Reason

CALM_S = 5.0


class Loop:
    """The media loop's lateness, as the test says it was over a short and over a long time."""

    def __init__(self) -> None:
        self.just_now = 1.0
        self.for_a_while = 1.0

    def lateness_ms(self, last_s: float) -> float:
        return self.for_a_while if last_s >= CALM_S else self.just_now


@pytest.fixture
def loop() -> Loop:
    return Loop()


def admission(loop: Loop, *, most: int = 100, refuse_late_ms: float = 40.0) -> Admission:
    return Admission(Budget(most, refuse_late_ms, 15.0, CALM_S), loop.lateness_ms)


def test_so_many_and_no_more(loop: Loop) -> None:
    door = admission(loop, most=10)
    assert door.obstacle(9) is None
    assert door.obstacle(10) is Reason.FULL
    assert door.obstacle(9) is None


def test_a_late_loop_refuses_until_it_has_been_calm_for_a_while(loop: Loop) -> None:
    door = admission(loop)
    loop.just_now = 40.0
    assert door.obstacle(50) is None
    loop.just_now = loop.for_a_while = 60.0
    assert door.obstacle(50) is Reason.OVERLOADED
    loop.just_now = 20.0
    assert door.obstacle(50) is Reason.OVERLOADED
    loop.just_now, loop.for_a_while = 1.0, 20.0
    assert door.obstacle(50) is Reason.OVERLOADED
    loop.for_a_while = 15.0
    assert door.obstacle(50) is None
    loop.for_a_while = 30.0
    assert door.obstacle(50) is None, "between the two thresholds it stays as it is"


def test_a_lateness_that_comes_and_goes_does_not_flap(loop: Loop) -> None:
    door = admission(loop)
    answers = []
    for second in range(20):
        loop.just_now = 60.0 if second % 4 == 0 else 2.0
        loop.for_a_while = 60.0
        answers.append(door.obstacle(50))
    assert answers == [Reason.OVERLOADED] * 20


def test_with_few_calls_the_load_is_not_theirs(loop: Loop) -> None:
    door = admission(loop)
    loop.just_now = loop.for_a_while = 400.0
    assert door.obstacle(FEWEST - 1) is None
    assert door.obstacle(FEWEST) is Reason.OVERLOADED
    assert door.obstacle(FEWEST - 1) is None


def test_lateness_can_be_left_out(loop: Loop) -> None:
    loop.just_now = loop.for_a_while = 400.0
    assert admission(loop, refuse_late_ms=0).obstacle(50) is None


def test_what_was_refused_is_counted_and_told(loop: Loop) -> None:
    door = admission(loop, most=10)
    assert door.told(3) == "takes calls: 3 of 10 calls, media loop at most 1 ms late (p99); refused so far: none"
    for reason in (Reason.FULL, Reason.OVERLOADED, Reason.FULL):
        door.refuse(reason)
    assert door.told(10) == (
        "refuses calls (full): 10 of 10 calls, media loop at most 1 ms late (p99); refused so far: 2 full, 1 overloaded"
    )
    door.close()
    assert door.obstacle(0) is Reason.CLOSING
