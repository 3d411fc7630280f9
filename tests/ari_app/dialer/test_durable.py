from __future__ import annotations

import pytest

from ari_app.dialer.durable import Lines


@pytest.mark.parametrize(("calls_per_second", "ahead"), [(3.3, 4), (1.0, 2), (0.5, 2), (10.0, 10)])
def test_no_more_than_a_second_s_calls_leave_the_queue_ahead(calls_per_second: float, ahead: int) -> None:
    assert Lines(("exotel",), calls_per_second, poll_s=0.5).ahead == ahead


def test_a_trunk_has_a_queue_and_one_that_is_gone_is_served_with_the_first() -> None:
    lines = Lines(("exotel", "test-trunk"), 3.3, poll_s=0.5)
    assert [lines.queue(name) for name in ("test-trunk", "exotel", "gone")] == [
        "calls.test-trunk",
        "calls.exotel",
        "calls.exotel",
    ]
