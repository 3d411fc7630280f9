"""A call tried by hand: lines, the way back, the record."""

from __future__ import annotations

import pytest

from ivr_flows.cases import Act, Given
from ivr_flows.cases.model import Idea, Unfinished
from ivr_flows.simulator import SimulationError
from ivr_flows.trial import LineError, Trial, read_act
from tests.ivr_flows.everything import flow


def rider() -> Trial:
    return Trial(flow("offering"), Given(inputs={"pay": "62", "stops": ["a bakery"]}))


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("4321#", Act(keys="4321#")),
        ("where is my order", Act(say="where is my order")),
        ("say silence", Act(say="silence")),
        ("unsure yes", Act(say="yes", confidence=0.3)),
        ("silence", Act(silence=1)),
        ("silence 3", Act(silence=3)),
        ("hang up", Act(hang_up=True)),
        ("decision refused", Act(decision="refused")),
        ("lookup order_status failed", Act(lookup={"order_status": "failed"})),
        ("lookup order_status status=placed", Act(lookup={"order_status": {"status": "placed"}})),
        ("submit call_back taken", Act(submit={"call_back": "taken"})),
        ("submit call_back ticket=7", Act(submit={"call_back": {"ticket": "7"}})),
        ("transfer busy", Act(transfer="busy")),
        ("thought We do.", Act(thought=Idea(text="We do."))),
        ("thought exit agent", Act(thought=Idea(exit="agent"))),
        ("thought failed", Act(thought="failed")),
        ("heard in hi हाँ", Act(say="हाँ", heard_in="hi")),
        ("wait 9m", Act(wait=540_000)),
        ("time up", Act(time_up=True)),
        ("hang up saying call me", Act(hang_up=Unfinished(say="call me"))),
    ],
)
def test_lines(line: str, act: Act) -> None:
    assert read_act(line) == act


@pytest.mark.parametrize(
    "line",
    [
        "silence please",
        "decision later",
        "lookup x",
        "lookup x y",
        "lookup",
        "submit A taken",
        "transfer me",
        "thought",
        "thought exit A b",
        "wait for me",
        "heard in fr oui",
    ],
)
def test_lines_that_mean_nothing(line: str) -> None:
    with pytest.raises(LineError, match="expected"):
        read_act(line)


def test_back_undoes_the_last_move() -> None:
    trial = rider()
    before = trial.state()
    trial.do(read_act("take it"))
    assert "confirm" in trial.state()
    assert trial.back() == trial.call.transcript
    assert trial.state() == before
    assert trial.back()[0].who == "agent"


def test_a_move_that_can_t_be_made_changes_nothing() -> None:
    trial = rider()
    with pytest.raises(SimulationError):
        trial.do(read_act("129"))
    assert not trial.over
    assert not trial.acts


def test_the_state_tells_step_variables_time_and_wait() -> None:
    state = rider().state()
    assert "step choice (answer), en" in state
    assert "pay=62" in state
    assert "keys: 12*; can be said: accept, reject, repeat; silence: 4 s" in state


def test_the_record_is_a_case() -> None:
    trial = rider()
    trial.do(read_act("decision refused"))
    trial.do(read_act("1"))
    text = trial.recorded("settled before")
    assert "  - name: settled before\n    flow: offering\n" in text
    assert "      - {decision: refused}\n      - {keys: '1'}\n" in text
    assert "outcome: already_taken" in text
