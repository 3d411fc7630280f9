"""`mercury flows simulate`, as it is typed."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from ari_app.cli import main
from ivr_flows.cases import load_cases, run_case
from tests.ivr_flows.everything import EVERYTHING

FLOWS = Path(__file__).parents[2] / "flows.yaml"
TRIP = ["pickup=Sweets", "drop=MG Road", "distance=4.5", "pay=62", "trip_id=T-7"]


def simulate(flow: str, typed: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["flows", "simulate", flow, "--file", str(FLOWS), *options], input=typed)


def test_a_call_is_typed_and_recorded_as_a_case_that_passes(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    inputs = [word for pair in TRIP for word in ("--input", pair)]
    options = ["--language", "en", *inputs, "--record", str(file), "--name"]
    result = simulate("rider_assignment", "7\nback\nstate\ntake it\nyes\n", *options, "by voice")
    assert result.exit_code == 0, result.output
    assert "The trip is yours" in result.output
    assert "ended: accepted" in result.output
    assert simulate("rider_assignment", "hang up\n", *options, "gone").exit_code == 0
    cases = load_cases(file).cases
    assert [(case.case.name, len(case.case.steps)) for case in cases] == [("by voice", 2), ("gone", 1)]
    assert all(run_case(case).passed for case in cases)
    before = file.read_text("utf-8")
    assert (
        "two cases of rider_assignment are called 'gone'"
        in simulate("rider_assignment", "1\n", *options, "gone").output
    )
    assert file.read_text("utf-8") == before


def test_inputs_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "inputs.yaml"
    file.write_text("\n".join(pair.replace("=", ": ") for pair in TRIP), "utf-8")
    result = simulate("rider_assignment", "silence 2\n", "--inputs", str(file))
    assert "ended: no_answer_given" in result.output


def test_what_can_t_be_done_is_told_and_the_call_goes_on() -> None:
    result = simulate("customer_support", "silence please\nhelp\nreplay\nquit\n")
    assert "expected silence, or silence and a number" in result.output
    assert "undoes the last of these" in result.output
    assert "step menu (answer), en" in result.output


def test_a_flow_that_is_not_there_and_inputs_that_lack() -> None:
    assert "expected a flow of" in simulate("support", "").output
    assert "trip_id: expected an order number" in simulate("rider_assignment", "").output
    assert "expected NAME=VALUE" in simulate("rider_assignment", "", "--input", "pay").output


def test_every_kind_of_move_is_typed_and_recorded(tmp_path: Path) -> None:
    flows, cases = tmp_path / "flows.yaml", tmp_path / "cases.yaml"
    flows.write_text(EVERYTHING, "utf-8")
    typed = {
        "talking": "thought We do.\nany rice\nthought exit agent\nwait 1m\nlet me speak to somebody\n",
        "leaving": "hang up saying please call\n",
        "resting": "time up\n",
        "choosing": "heard in hi भाषा\n",
    }
    for flow, lines in typed.items():
        result = simulate(flow, lines, "--file", str(flows), "--record", str(cases))
        assert result.exit_code == 0, result.output
        assert "ended: " in result.output
    results = [run_case(case) for case in load_cases(cases).cases]
    assert [result.call.session.outcome for result in results] == ["person", "left", "done", "chosen"]
    assert all(result.passed for result in results)


def test_what_answers_from_the_start(tmp_path: Path) -> None:
    flows = tmp_path / "flows.yaml"
    flows.write_text(EVERYTHING, "utf-8")
    options = ["--file", str(flows), "--input", "order_id=77"]
    assert "ended: lost" in simulate("sending", "", *options).output
    assert "ended: sent" in simulate("sending", "", *options, "--with", "submit call_back ticket=T1").output
    result = simulate("sending", "", *options, "--with", "silence")
    assert "expected decision, lookup, submit, transfer or thought" in result.output
