from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.turn.endpointing import Bounds, wait_ms
from media.turn.heard import Completeness

BOUNDS = Bounds(300, 600, 1200)


@given(st.sampled_from(Completeness), st.none() | st.floats(-1, 2), st.booleans())
def test_no_sign_leaves_the_bounds(completeness: Completeness, probability: float | None, rising: bool) -> None:
    assert 300 <= wait_ms(BOUNDS, completeness, probability, rising=rising) <= 1200


def test_words_say_more_than_a_model_and_a_model_more_than_a_rising_voice() -> None:
    assert wait_ms(BOUNDS, Completeness.GOING_ON, 1.0, rising=False) == 1200
    assert wait_ms(BOUNDS, Completeness.COMPLETE, 0.0, rising=True) == 300
    assert wait_ms(BOUNDS, Completeness.OPEN, 0.9, rising=True) == 300
    assert wait_ms(BOUNDS, Completeness.OPEN, None, rising=True) == 900


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_surer_the_model_the_shorter_the_pause(one: float, other: float) -> None:
    low, high = sorted((one, other))
    waits = [wait_ms(BOUNDS, Completeness.NOTHING, sure, rising=False) for sure in (low, high)]
    assert waits[0] >= waits[1]


@pytest.mark.parametrize("bounds", [(0, 600, 1200), (700, 600, 1200), (300, 1300, 1200)])
def test_bounds_in_the_wrong_order_are_refused(bounds: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="least ≤ usual ≤ most"):
        Bounds(*bounds)
