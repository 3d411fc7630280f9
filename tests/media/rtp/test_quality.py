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


def test_g722_is_rated_a_little_below_g711() -> None:
    assert 0.02 < estimate(0, 0, 1000, 40).mos - estimate(0, 0, 1000, 40, codec="g722").mos < 0.06
    assert estimate(0, 0, 1000, 40, codec="slin") == estimate(0, 0, 1000, 40, codec="ulaw")


def test_a_long_packet_is_a_longer_delay_and_a_longer_hole() -> None:
    """20 ms of delay more cost 0.48 of R; a row of three frames instead of one, 5 % of Ie,eff at this loss."""
    short, long = (estimate(50, 0, 950, 40, packet_ms=ms, mean_row=1.05) for ms in (20.0, 60.0))
    assert 0.9 < short.rating - long.rating < 4.0
    assert estimate(0, 0, 1000, 40, packet_ms=10.0) == estimate(0, 0, 1000, 40, packet_ms=20.0)


def test_random_loss_has_a_burst_ratio_of_one() -> None:
    """The mean row of random loss is 1 / (1 - P): here as if nothing was said of it."""
    assert estimate(100, 0, 900, 40, mean_row=1 / 0.9) == estimate(100, 0, 900, 40)
