from __future__ import annotations

import itertools

import pytest

from media.turn.table import TABLE, Action, Input, State


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Input)))
def test_every_state_has_a_row_for_every_input(state: State, event: Input) -> None:
    following, actions = TABLE[state][event]
    assert isinstance(following, State)
    assert all(isinstance(action, Action) for action in actions)


def test_every_action_and_every_state_is_reached() -> None:
    rows = [row for inputs in TABLE.values() for row in inputs.values()]
    asked = {Action.PROBE, Action.CATCH}
    """Asked by the clock (media/turn/taking.py), whatever happens."""
    assert {action for _, actions in rows for action in actions} == set(Action) - asked
    assert {state for state, _ in rows} == set(State)


def test_the_agent_is_cut_only_where_it_may_be() -> None:
    cuts = {(state, event) for state, inputs in TABLE.items() for event, row in inputs.items() if Action.CUT in row[1]}
    assert cuts == {(State.CONTESTED, Input.CLAIM), (State.OVERLAP, Input.AGENT)}


def test_the_agent_stands_still_while_the_turn_is_contested_and_only_then() -> None:
    for state, inputs in TABLE.items():
        for following, actions in inputs.values():
            enters = state is not State.CONTESTED and following is State.CONTESTED
            leaves = state is State.CONTESTED and following is not State.CONTESTED
            assert (Action.PAUSE in actions) == enters
            ends = {Action.RESUME, Action.CUT, Action.BEGIN} & set(actions)
            assert bool(ends) >= leaves


def test_what_is_kept_is_closed_or_discarded() -> None:
    """Entering a state that keeps audio says KEEP or comes from one; leaving them says CLOSE or DISCARD."""
    keeping = {State.TURN, State.OVERLAP, State.CONTESTED}
    for state, inputs in TABLE.items():
        for following, actions in inputs.values():
            assert (Action.KEEP in actions) == (state not in keeping and following in keeping)
            ends = Action.CLOSE in actions or Action.DISCARD in actions
            assert ends == (state in keeping and following not in keeping)


def test_the_silence_clock_runs_in_waiting_alone() -> None:
    for state, inputs in TABLE.items():
        for following, actions in inputs.values():
            assert Action.START_CLOCK not in actions or following is State.WAITING
            if state is State.WAITING and following is not State.WAITING:
                assert Action.STOP_CLOCK in actions
