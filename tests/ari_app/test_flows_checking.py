"""`mercury flows check`, `rules` and `schema`, as they are typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ivr_flows.rules import RULES

FLOWS = Path(__file__).parents[2] / "flows.yaml"
WARNED = FLOWS.read_text(encoding="utf-8").replace(
    "confirmed: The vendor", "spare: Never given.\n      confirmed: The vendor", 1
)
LINE = next(number for number, line in enumerate(WARNED.splitlines(), 1) if "spare:" in line)
BROKEN = WARNED.replace("start: order", "start: ordr", 1)


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "f.yaml"
    shutil.copytree(FLOWS.parent / "sounds", tmp_path / "sounds", dirs_exist_ok=True)
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["flows", "check", str(file), *options])
    return result.exit_code, result.stdout.replace(str(tmp_path), "")


def test_the_shop_s_flows_pass_strictly() -> None:
    result = CliRunner().invoke(main, ["flows", "check", "--strict", str(FLOWS)])
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_warnings_fail_only_strictly(tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    code, output = run(tmp_path, WARNED, *options)
    assert code == status
    assert output == f"/f.yaml:{LINE}:7: warning: no call ends with the outcome 'spare' [unused-outcome]\n"


def test_errors_fail_and_stand_beside_warnings(tmp_path: Path) -> None:
    code, output = run(tmp_path, BROKEN)
    assert code == 1
    assert "there is no step 'ordr'; did you mean 'order'? [no-step]" in output
    assert "[unused-outcome]" in output


def test_json_for_editors_and_ci(tmp_path: Path) -> None:
    code, output = run(tmp_path, WARNED, "--format", "json")
    (problem,) = json.loads(output)
    assert code == 0
    assert problem == {
        "file": "/f.yaml",
        "line": LINE,
        "column": 7,
        "rule": "unused-outcome",
        "message": "no call ends with the outcome 'spare'",
        "level": "warning",
        "fix": "Give it with `decide`, `hang_up` or `on_hang_up`, or take it from `outcomes`.",
    }


def test_every_rule_is_listed_with_its_reason() -> None:
    output = CliRunner().invoke(main, ["flows", "rules"]).output
    assert all(f"{rule.name} ({rule.level})" in output and rule.reason in output for rule in RULES)


def test_the_schema_is_json() -> None:
    assert json.loads(CliRunner().invoke(main, ["flows", "schema"]).output)["title"] == "Mercury flows"
