"""`mercury flows sipp`, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from tests.ivr_flows.cases.test_runner import FLOWS


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS, "utf-8")
    return file


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["flows", "sipp", "shop", *map(str, arguments)])
    return result.exit_code, result.output


def test_paths_are_listed_with_their_numbers(flows: Path) -> None:
    status, output = run("--flows", flows, "--list")
    assert status == 0
    assert "   1  menu (hung up) = hung_up\n" in output


def test_a_scenario_is_shown(flows: Path) -> None:
    status, output = run("--flows", flows, "--path", 1)
    assert status == 0
    assert output.startswith('<?xml version="1.0"')
    assert "<!-- shop: menu (hung up) = hung_up -->" in output


def test_a_scenario_is_written_with_its_sounds(flows: Path) -> None:
    out = flows.parent / "path.xml"
    assert run("--flows", flows, "--path", 1, "--uas", "--out", out)[0] == 0
    assert out.read_text("utf-8").endswith("</scenario>\n")
    assert len((flows.parent / "silence.alaw").read_bytes()) == 8000
    status, output = run("--flows", flows, "--path", 1, "--out", out)
    assert status == 1
    assert "is there already" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected --path from 1 to"),
        (("--path", 99), "got 99"),
        (("--path", 1, "--language", "mr"), "expected --language of en, hi"),
        (("--path", 1, "--caller", "a b"), "expected a caller of letters"),
    ],
)
def test_what_can_t_be_written(flows: Path, arguments: tuple[object, ...], message: str) -> None:
    status, output = run("--flows", flows, *arguments)
    assert status == 1
    assert message in output


def test_no_such_flow(tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS.replace("  shop:", "  bakery:"), "utf-8")
    status, output = run("--flows", file, "--list")
    assert status == 1
    assert "bakery; got 'shop'" in output
