"""A transfer's table: complete, and every way through it ends."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.calls.handover_state import TABLE, Act, Stage, Turn, step, why_over

LIVE = [stage for stage in Stage if stage is not Stage.OVER]


def test_every_pair_stands_in_the_table() -> None:
    assert set(TABLE) == set(product(Stage, Turn))


@pytest.mark.parametrize("turn", Turn)
def test_nothing_happens_after_the_end(turn: Turn) -> None:
    assert step(Stage.OVER, turn) == (Stage.OVER, ())


@pytest.mark.parametrize("stage", LIVE)
@pytest.mark.parametrize("turn", [Turn.GONE, Turn.FAILED, Turn.OVERDUE])
def test_no_stage_can_last_for_ever(stage: Stage, turn: Turn) -> None:
    assert step(stage, turn) == (Stage.OVER, ())
    assert why_over(stage, turn) in ("no_answer", "declined", "failed", "longest", "left")


@given(st.lists(st.sampled_from(Turn), max_size=40))
def test_any_order_of_events_joins_once_at_most_and_ends(turns: list[Turn]) -> None:
    stage, done = Stage.RINGING, list[Act]()
    for turn in [*turns, Turn.OVERDUE]:
        stage, acts = step(stage, turn)
        done.extend(acts)
    assert stage is Stage.OVER
    assert max(done.count(act) for act in Act) <= 1
    assert Act.WHISPER not in done or done.index(Act.MEET) < done.index(Act.WHISPER)


def test_a_key_before_the_whisper_takes_nothing() -> None:
    assert step(Stage.MEETING, Turn.TAKEN) == (Stage.MEETING, ())
