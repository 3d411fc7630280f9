"""The reference says what the model reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter

from ari_app.flows_cli import flows
from ivr_flows.model.steps import KINDS, Step
from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.reference.examples import CHOICE, STEPS, VALUES
from ivr_flows.reference.parts import anchor
from ivr_flows.rules import RULES
from ivr_flows.yaml_loader import read_yaml

PAGE = Path(__file__).parents[3] / "docs" / "flows-reference.md"
STEP: TypeAdapter[Step] = TypeAdapter(Step)


def page() -> str:
    result = CliRunner().invoke(flows, ["reference"])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_page_beside_the_docs_is_the_model_s() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "mercury flows reference > docs/flows-reference.md"


@pytest.mark.parametrize("word", KINDS)
def test_each_kind_of_step_has_an_example_that_is_read_as_one(word: str) -> None:
    step = STEP.validate_python(read_yaml(STEPS[word], word).value)
    assert type(step) is KINDS[word]


@pytest.mark.parametrize("kind", Type)
def test_each_type_has_a_value_that_it_takes(kind: Type) -> None:
    check_value("example", Value(type=kind, words=CHOICE if kind is Type.CHOICE else None), VALUES[kind])


def test_every_rule_and_every_command_is_told() -> None:
    text = page()
    assert [rule.name for rule in RULES if f"| `{rule.name}` |" not in text] == []
    assert [name for name in flows.commands if f"`mercury flows {name} " not in text] == []


def test_every_link_leads_somewhere() -> None:
    text = page()
    headings = [anchor(line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")]
    assert len(set(headings)) == len(headings), "a link leads to the first of two headings of one name"
    links = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert links
    assert links <= set(headings)


def test_all_rows_of_a_table_are_as_wide() -> None:
    widths = 0
    for line in page().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert 0 in (cells, widths) or cells == widths, line
        widths = cells


def test_times_are_told_with_their_units() -> None:
    assert "| `ring` | a time: 5s, 800ms, 2m | `25s` |" in page()
