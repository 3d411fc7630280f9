"""The E-model's estimate against values computed by hand from its formulas."""

from __future__ import annotations

import pytest

from media.rtp.quality import estimate


@pytest.mark.parametrize(
    ("lost", "late", "received", "delay_ms", "mos"),
    [
        (0, 0, 1000, 40, 4.37),
        (10, 0, 990, 40, 4.30),
        (0, 10, 1000, 40, 4.30),
        (30, 0, 970, 40, 4.08),
        (100, 0, 900, 40, 3.34),
        (0, 0, 1000, 400, 2.91),
        (900, 0, 100, 40, 1.18),
    ],
)
def test_opinion_falls_with_loss_and_delay(lost: int, late: int, received: int, delay_ms: float, mos: float) -> None:
    assert estimate(lost, late, received, delay_ms).mos == pytest.approx(mos, abs=0.01)


def test_bursts_are_worse_than_random_loss() -> None:
    assert estimate(30, 0, 970, 40, mean_row=3.0).mos < estimate(30, 0, 970, 40).mos


def test_nothing_heard_is_no_loss() -> None:
    assert estimate(0, 0, 0, 40).mos > 4.3
