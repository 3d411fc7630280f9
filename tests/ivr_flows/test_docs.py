"""The flow that docs/flows.md begins with is a good one."""

from __future__ import annotations

import re
from pathlib import Path

from ivr_flows.cases import load_cases, run_case
from ivr_flows.loader import parse_flows
from ivr_flows.simulator import Simulator

DOCS = Path(__file__).parents[2] / "docs" / "flows.md"


def test_the_smallest_flow_of_the_docs() -> None:
    (example, *_) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    call = Simulator(parse_flows(example).flows["opening"], {})
    assert "nine to nine" in call.say("opening hours")
    assert call.end
    assert call.end.outcome == "told"


def test_the_test_case_of_the_docs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(flows: .*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "cases.yaml"
    file.write_text(example.replace("../flows.yaml", str(DOCS.parents[1] / "flows.yaml")), encoding="utf-8")
    (case,) = load_cases(file).cases
    assert not run_case(case).problems
