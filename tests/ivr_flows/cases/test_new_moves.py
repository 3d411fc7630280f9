"""Moves and expectations beyond keys, words, silence, lookups and decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows.cases import Act, Given, Result, load_cases, run_case
from ivr_flows.cases.runner import begin, perform
from ivr_flows.cases.writing import case_text
from ivr_flows.problems import FlowError
from tests.ivr_flows.everything import EVERYTHING, flow


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "flows.yaml").write_text(EVERYTHING, encoding="utf-8")
    return tmp_path / "cases.yaml"


def run(file: Path, case: str) -> Result:
    file.write_text(f"flows: flows.yaml\ncases:\n  - {{name: it, {case}}}\n", "utf-8")
    (loaded,) = load_cases(file).cases
    return run_case(loaded)


ORDER = "flow: sending, given: {inputs: {order_id: '77'}, submits: "
SENT = "sent: [{name: call_back, values: {order: '77'}}]"


@pytest.mark.parametrize(
    "case",
    [
        f"{ORDER}{{call_back: {{ticket: T1}}}}}}, expect: {{outcome: sent, {SENT}, submissions: [], lookups: []}}",
        f"{ORDER}{{call_back: failed}}}}, expect: {{outcome: lost, {SENT}}}",
        f"{ORDER}{{call_back: taken}}}}, expect: {{outcome: lost}}",
        "flow: handing, expect: {outcome: talked, transfers: ['+918047119999'], hears_not: A customer}",
        "flow: handing, given: {transfer: {talked: 3m}}, expect: {outcome: talked, within: 4m}",
        "flow: handing, given: {transfer: declined}, expect: {outcome: nobody, transfers: ['+918047119999']}",
        "flow: talking, steps: [{thought: {text: We do.}}, {say: any rice, hears: We do, step: talk}, hang_up]",
        "flow: talking, steps: [{thought: {exit: agent}}, {say: any rice}], expect: {outcome: person}",
        "flow: talking, given: {thought: {exit: agent, confidence: 0.1}}, steps: [{say: a, step: talk}]",
        "flow: talking, steps: [{thought: failed}, {say: any rice, hears: What can I do}]",
        "flow: talking, steps: [time_up], expect: {outcome: answered, hears: Our time is up}",
        "flow: talking, steps: [{time_up: true, hears: Our time is up}]",
        "flow: talking, steps: [{wait: 2m}, {say: opening hours}, {wait: 3m}, {silence: 1}], expect: {hears: time}",
        "flow: leaving, steps: [{hang_up: {say: hello, recording: turn-1.wav}}], expect: {outcome: left}",
        "flow: leaving, steps: [{hang_up: true}], expect: {outcome: none, data: {}}",
        "flow: choosing, steps: [{say: भाषा, heard_in: hi}], expect: {outcome: chosen, language: hi}",
    ],
)
def test_passes(file: Path, case: str) -> None:
    result = run(file, case)
    assert not result.problems, result.problems


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (f"{ORDER}{{call_back: failed}}}}, expect: {{sent: []}}", "sent\n    expected  []\n    got       [{'name'"),
        ("flow: handing, expect: {transfers: []}", "transfers\n    expected  []\n    got       ['+918047119999']"),
        ("flow: talking, steps: [hang_up, time_up]", "step 2 can't be done: the call is over"),
        ("flow: talking, steps: [hang_up, {wait: 1m}]", "step 2 can't be done: the call is over"),
    ],
)
def test_tells_what_went_another_way(file: Path, case: str, message: str) -> None:
    (problem,) = run(file, case).problems
    assert message in problem.message
    assert problem.line == 3


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            "flow: handing, given: {transfer: bussy}",
            "^[^ ]*: transfer: expected fields or 'talked', 'busy', 'no_answer' or 'declined'; got 'bussy'",
        ),
        ("flow: talking, steps: [{thought: {txt: a}}]", "^[^ ]*: unknown key 'txt'; did you mean 'text'"),
        ("flow: sending, steps: [{submit: {call_back: maybe}}]", "call_back: expected fields or 'taken' or 'failed'"),
        ("flow: talking, steps: [{thought: {text: a, exit: b}}]", "expected either a text or an exit"),
        ("flow: talking, steps: [{wait: soon}]", "expected a time with its unit"),
        ("flow: talking, steps: [{keys: '1', time_up: true}]", "got keys and time_up"),
        ("flow: talking, steps: [{heard_in: hi}]", "belong to `say`"),
        ("flow: talking, steps: [{keys: '1', step: identify/number}]", "no step 'identify/number'"),
    ],
)
def test_refuses_what_can_t_be_a_case(file: Path, case: str, message: str) -> None:
    with pytest.raises(FlowError, match=message) as refused:
        run(file, case)
    assert all(problem.line == 3 and problem.column > 1 for problem in refused.value.problems)


def test_a_submission_goes_under_one_key_however_often_it_is_sent(file: Path) -> None:
    result = run(file, f"{ORDER}{{call_back: {{ticket: T1}}}}}}, expect: {{{SENT}}}")
    assert result.passed
    assert len({fetch.key for fetch in result.call.fetches}) == 1


def test_what_came_is_written_as_what_is_expected(file: Path) -> None:
    given = Given.model_validate({"inputs": {"order_id": "77"}, "submits": {"call_back": {"ticket": "T1"}}})
    text = case_text("sent", "sending", given, [], begin(flow("sending"), given))
    assert "sent: [{name: call_back, values: {order: '77'}}]" in text
    call, act = begin(flow("talking"), Given()), Act(time_up=True)
    perform(call, act)
    more = case_text("late", "talking", Given(), [Act.model_validate({"thought": {"text": "a"}}), act], call)
    assert "      - {thought: {text: a}}\n      - time_up\n" in more
    file.write_text(f"flows: flows.yaml\ncases:\n{text}{more}", "utf-8")
    assert all(run_case(case).passed for case in load_cases(file).cases)
