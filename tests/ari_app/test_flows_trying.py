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
