"""The table itself: complete, and every way through it ends with nothing left behind."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.calls.state import TABLE, Action, Happening, State, step


def test_every_pair_stands_in_the_table() -> None:
    assert set(TABLE) == set(product(State, Happening))


@pytest.mark.parametrize("happening", Happening)
def test_nothing_happens_after_the_end(happening: Happening) -> None:
    assert step(State.ENDED, happening) == (State.ENDED, ())


@pytest.mark.parametrize("state", [state for state in State if state is not State.ENDED])
def test_a_caller_who_hangs_up_ends_the_call_from_anywhere(state: State) -> None:
    after, actions = step(state, Happening.LEG_GONE)
    assert after is State.ENDED
    assert actions[-2:] == (Action.TEAR_DOWN, Action.FINISH)
    assert (Action.STOP_FLOW in actions) == (state is State.TALKING)


@pytest.mark.parametrize("state", [state for state in State if state is not State.ENDED])
@pytest.mark.parametrize("happening", [Happening.OVERDUE, Happening.CANCELED])
def test_no_state_can_last_for_ever(state: State, happening: Happening) -> None:
    after, _ = step(state, happening)
    assert after in (State.ENDING, State.ENDED)


@given(st.lists(st.sampled_from(Happening), max_size=40))
def test_any_order_of_events_tears_down_and_finishes_exactly_once(happenings: list[Happening]) -> None:
    state, done = State.DIALING, list[Action]()
    for happening in [*happenings, Happening.OVERDUE, Happening.OVERDUE]:
        before = state
        state, actions = step(state, happening)
        done.extend(actions)
        assert before is not State.ENDED or state is State.ENDED
    assert state is State.ENDED
    assert done.count(Action.TEAR_DOWN) == done.count(Action.FINISH) == 1
    assert done.count(Action.START_FLOW) <= 1
    assert done.count(Action.STOP_FLOW) <= done.count(Action.START_FLOW)
    assert done.index(Action.TEAR_DOWN) < done.index(Action.FINISH)
