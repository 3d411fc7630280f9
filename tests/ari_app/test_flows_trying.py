"""`mercury flows test` and its neighbours, as they are typed."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from ari_app.cli import main

CASES = Path(__file__).parents[2] / "flow_tests"


def test_the_shop_s_cases_pass() -> None:
    result = CliRunner().invoke(main, ["flows", "test", *map(str, sorted(CASES.glob("*.yaml")))])
    assert result.exit_code == 0, result.output
    assert "cases passed in" in result.output


def test_a_case_that_goes_another_way_fails_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    flows = CASES.parent / "flows.yaml"
    file.write_text(
        f"flows: {flows}\ncases:\n  - name: wrong\n    flow: customer_support\n"
        "    steps: [hang_up]\n    expect: {outcome: answered}\n",
        "utf-8",
    )
    result = CliRunner().invoke(main, ["flows", "test", str(file)])
    assert result.exit_code == 1
    assert f"{file}:6:23: outcome\n    expected  answered\n    got       hung_up" in result.output
    assert "FAIL customer_support: wrong" in result.output


def test_a_broken_file_is_told_of_with_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text("flows: x.yaml\ncase: []\n", "utf-8")
    result = CliRunner().invoke(main, ["flows", "test", str(file)])
    assert result.exit_code == 1
    assert f"{file}:2:1: unknown key 'case'; did you mean 'cases'?" in result.output


def test_the_shop_s_cases_walk_every_path_and_way() -> None:
    files = map(str, sorted(CASES.glob("*.yaml")))
    result = CliRunner().invoke(main, ["flows", "coverage", "--least", "100", *files])
    assert result.exit_code == 0, result.output
    assert result.output.count("(100.0 %)") == 6


def test_what_no_case_walks_is_named_and_written(tmp_path: Path) -> None:
    written = tmp_path / "rest.yaml"
    own = str(CASES / "rider_assignment.yaml")
    wanted = ["flows", "coverage", "--flow", "rider_assignment", "--least", "100"]
    result = CliRunner().invoke(main, [*wanted, "--write", str(written), own])
    assert result.exit_code == 1
    assert "    path  offer > choice (no match) > no_answer = no_answer_given" in result.output
    assert "    way   choice: says repeat" in result.output
    assert CliRunner().invoke(main, [*wanted, own, str(written)]).exit_code == 0
    assert "is there already" in CliRunner().invoke(main, [*wanted, "--write", str(written), own]).output
