from __future__ import annotations

import pytest

from ari_app.dialer.durable import Pace


@pytest.mark.parametrize(
    ("calls_per_second", "limit", "period_s"), [(3.3, 3, 0.909), (1.0, 1, 1.0), (0.5, 1, 2.0), (10.0, 10, 1.0)]
)
def test_the_limiter_never_passes_the_pace(calls_per_second: float, limit: int, period_s: float) -> None:
    got_limit, got_period_s = Pace(calls_per_second, max_concurrent=1, poll_s=0.5).limiter
    assert got_limit == limit
    assert got_period_s == pytest.approx(period_s, abs=0.001)
    assert got_limit / got_period_s == pytest.approx(calls_per_second)
