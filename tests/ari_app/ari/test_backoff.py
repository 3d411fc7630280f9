from __future__ import annotations

from itertools import repeat

from ari_app.ari.backoff import Backoff


def test_ceilings_double_up_to_the_cap_and_begin_again_after_a_reset() -> None:
    backoff = Backoff(0.1, 1.0, chance=lambda: 1.0)
    assert [round(backoff.next_s(), 3) for _ in range(6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    backoff.reset()
    assert backoff.next_s() == 0.1


def test_jitter_is_full() -> None:
    chances = iter([0.0, 0.5, 0.25])
    backoff = Backoff(1.0, 2.0, chance=lambda: next(chances))
    assert [backoff.next_s() for _ in range(3)] == [0.0, 1.0, 0.5]


def test_a_first_wait_above_the_cap_is_capped() -> None:
    chances = repeat(1.0)
    assert Backoff(9.0, 2.0, chance=lambda: next(chances)).next_s() == 2.0
