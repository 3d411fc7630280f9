"""`mercury flows simulate`, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ivr_flows.cases import load_cases, run_case
from tests.ivr_flows.everything import EVERYTHING

INPUTS = ["pay=62", "stops=a bakery", "stops=MG Road"]


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    file = tmp_path / "flows.yaml"
    file.write_text(EVERYTHING, "utf-8")
    return file


def simulate(flow: str, typed: str, *options: object) -> Result:
    return CliRunner().invoke(main, ["flows", "simulate", flow, *map(str, options)], input=typed)


def test_a_call_is_typed_and_recorded_as_a_case_that_passes(flows: Path) -> None:
    file = flows.with_name("cases.yaml")
    inputs = [word for pair in INPUTS for word in ("--input", pair)]
    options = ["--file", flows, "--language", "en", *inputs, "--record", file, "--name"]
    result = simulate("offering", "7\nback\nstate\ntake it\nyes\n", *options, "by voice")
    assert result.exit_code == 0, result.output
    assert "a bakery and MG Road" in result.output
    assert "The trip is yours" in result.output
    assert "ended: accepted" in result.output
    assert simulate("offering", "hang up\n", *options, "gone").exit_code == 0
    cases = load_cases(file).cases
    assert [(case.case.name, len(case.case.steps)) for case in cases] == [("by voice", 2), ("gone", 1)]
    assert all(run_case(case).passed for case in cases)
    before = file.read_text("utf-8")
    assert "two cases of offering are called 'gone'" in simulate("offering", "1\n", *options, "gone").output
    assert file.read_text("utf-8") == before


def test_inputs_from_a_file(flows: Path) -> None:
    file = flows.with_name("inputs.yaml")
    file.write_text("{pay: 62, stops: [a bakery]}", "utf-8")
    result = simulate("offering", "silence 2\n", "--file", flows, "--inputs", file)
    assert "ended: unclear" in result.output


def test_what_can_t_be_done_is_told_and_the_call_goes_on(flows: Path) -> None:
    result = simulate("looping", "silence please\nhelp\nreplay\nquit\n", "--file", flows)
    assert "expected silence, or silence and a number" in result.output
    assert "undoes the last of these" in result.output
    assert "step menu (answer), en" in result.output


def test_a_flow_that_is_not_there_and_inputs_that_lack(flows: Path) -> None:
    assert "expected a flow of" in simulate("support", "", "--file", flows).output
    assert "pay: expected rupees" in simulate("offering", "", "--file", flows).output
    assert "expected NAME=VALUE" in simulate("offering", "", "--file", flows, "--input", "pay").output


def test_every_kind_of_move_is_typed_and_recorded(flows: Path) -> None:
    cases = flows.with_name("cases.yaml")
    typed = {
        "talking": "thought We do.\nany rice\nthought exit agent\nwait 1m\nlet me speak to somebody\n",
        "leaving": "hang up saying please call\n",
        "resting": "time up\n",
        "choosing": "heard in hi भाषा\n",
    }
    for flow, lines in typed.items():
        result = simulate(flow, lines, "--file", flows, "--record", cases)
        assert result.exit_code == 0, result.output
        assert "ended: " in result.output
    results = [run_case(case) for case in load_cases(cases).cases]
    assert [result.call.session.outcome for result in results] == ["person", "left", "done", "chosen"]
    assert all(result.passed for result in results)


def test_what_answers_from_the_start(flows: Path) -> None:
    options = ["--file", flows, "--input", "order_id=77"]
    assert "ended: lost" in simulate("sending", "", *options).output
    assert "ended: sent" in simulate("sending", "", *options, "--with", "submit call_back ticket=T1").output
    result = simulate("sending", "", *options, "--with", "silence")
    assert "expected decision, lookup, submit, transfer or thought" in result.output
