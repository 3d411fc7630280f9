"""`mercury flows test` and its neighbours, as they are typed."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from ari_app.cli import main
from ivr_flows.loader import load_flows
from tests.ivr_flows.everything import EVERYTHING

CASES = Path(__file__).parents[2] / "flow_tests"


def test_the_shop_s_cases_pass() -> None:
    result = CliRunner().invoke(main, ["flows", "test", *map(str, sorted(CASES.glob("*.yaml")))])
    assert result.exit_code == 0, result.output
    assert "cases passed in" in result.output


def test_a_case_that_goes_another_way_fails_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    (tmp_path / "flows.yaml").write_text(EVERYTHING, "utf-8")
    file.write_text(
        "flows: flows.yaml\ncases:\n  - name: wrong\n    flow: looping\n"
        "    steps: [hang_up]\n    expect: {outcome: answered}\n",
        "utf-8",
    )
    result = CliRunner().invoke(main, ["flows", "test", str(file)])
    assert result.exit_code == 1
    assert f"{file}:6:23: outcome\n    expected  answered\n    got       hung_up" in result.output
    assert "FAIL looping: wrong" in result.output


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
    assert result.output.count("(100.0 %)") == 2 * len(load_flows(CASES.parent / "flows.yaml").flows)


def test_what_no_case_walks_is_named_and_written(tmp_path: Path) -> None:
    (tmp_path / "flows.yaml").write_text(EVERYTHING, "utf-8")
    written, own = tmp_path / "rest.yaml", tmp_path / "own.yaml"
    own.write_text("flows: flows.yaml\ncases: [{name: gone, flow: looping, steps: [hang_up]}]\n", "utf-8")
    wanted = ["flows", "coverage", "--flow", "looping", "--least", "100"]
    result = CliRunner().invoke(main, [*wanted, "--write", str(written), str(own)])
    assert result.exit_code == 1
    assert "    path  menu (no match) > unclear = unclear" in result.output
    assert "    path  menu (hung up) = hung_up" not in result.output
    assert "    way   menu: says goodbye" in result.output
    assert CliRunner().invoke(main, [*wanted, str(own), str(written)]).exit_code == 0
    assert "is there already" in CliRunner().invoke(main, [*wanted, "--write", str(written), str(own)]).output
