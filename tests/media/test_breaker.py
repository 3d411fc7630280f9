from __future__ import annotations

from media.breaker import Breaker, State


def opened(at: float) -> Breaker:
    breaker = Breaker(failures=3, open_s=10.0)
    for _ in range(3):
        assert breaker.admit(at)
        breaker.failed(at)
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    breaker = Breaker(failures=3, open_s=10.0)
    for outcome in (breaker.failed, breaker.failed):
        outcome(0.0)
    breaker.succeeded()
    for _ in range(2):
        breaker.failed(0.0)
    assert breaker.admit(0.0)
    breaker.failed(0.0)
    assert breaker.state is State.OPEN
    assert not breaker.admit(9.9)
    assert breaker.retry_s(4.0) == 6.0


def test_one_goes_ahead_and_its_success_closes_it() -> None:
    breaker = opened(0.0)
    assert breaker.admit(10.0)
    assert not breaker.admit(10.0), "only one"
    breaker.succeeded()
    assert breaker.admit(10.0)
    assert breaker.state is State.CLOSED
    assert breaker.retry_s(10.0) == 0.0


def test_the_one_that_went_ahead_may_fail() -> None:
    breaker = opened(0.0)
    assert breaker.admit(10.0)
    breaker.failed(11.0)
    assert not breaker.admit(20.9)
    assert breaker.admit(21.0)


def test_one_that_was_given_up_lets_another_find_out() -> None:
    breaker = opened(0.0)
    assert breaker.admit(10.0)
    breaker.withdrawn(10.5)
    assert breaker.admit(10.5)
    breaker.succeeded()
    breaker.withdrawn(10.6)
    assert breaker.state is State.CLOSED


def test_one_that_never_comes_back_does_not_close_the_way_for_ever() -> None:
    breaker = opened(0.0)
    assert breaker.admit(10.0)
    assert breaker.admit(20.0)
