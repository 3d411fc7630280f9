from __future__ import annotations

from media.health import Condition, EngineHealth


def test_it_is_left_alone_after_failures_in_a_row_and_told_of_once() -> None:
    health = EngineHealth(failures=2, open_s=10.0)
    assert not health.went_wrong(0.0, "no route")
    assert health.report(0.0).condition is Condition.FAILING
    assert health.went_wrong(1.0, "no route to host")
    assert not health.went_wrong(1.5, "another that was under way")
    assert not health.admit(5.0)
    report = health.report(5.0)
    assert (report.condition, report.failed, report.skipped, report.retry_s) == (Condition.RESTING, 3, 1, 6.5)
    assert str(report) == ("left alone, 0 answered, 3 failed; tried again in 6 s; last: another that was under way")


def test_one_answer_makes_it_well() -> None:
    health = EngineHealth(failures=1, open_s=10.0)
    health.went_wrong(0.0, "out")
    assert health.ready(10.0)
    assert health.admit(10.0)
    assert not health.ready(10.0), "one goes ahead"
    assert health.answered(120.0), "it is back"
    assert not health.answered(80.0)
    assert str(health.report(10.0)) == "well, 2 answered, 1 failed; median 100 ms, slowest 120 ms"


def test_one_that_was_sent_ahead_and_called_back_lets_another_go() -> None:
    health = EngineHealth(failures=1, open_s=10.0)
    health.went_wrong(0.0, "out")
    assert health.admit(10.0)
    health.withdrawn(11.0)
    assert health.admit(11.0)
