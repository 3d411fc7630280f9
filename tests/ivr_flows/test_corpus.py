"""Broken flows, each with its messages beside it: corpus/NAME.yaml and corpus/NAME.txt; CLEAN have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows import rules
from ivr_flows.lint.rule import Rule
from ivr_flows.loader import check
from ivr_flows.rules import RULES

CORPUS = Path(__file__).parent / "corpus"
CLEAN = ["clean", "clean_new"]
"""What rules must say nothing of."""
BROKEN = sorted(path.stem for path in CORPUS.glob("*.txt"))
FILES = [path for path in Path(rules.__file__).parent.glob("*.py") if path.stem != "__init__"]


def messages(name: str) -> list[str]:
    return [str(problem).removeprefix(f"{CORPUS}/") for problem in check(CORPUS / f"{name}.yaml")]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_flow_gives_exactly_its_messages(name: str) -> None:
    expected = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert expected, "a broken flow has messages"
    assert messages(name) == expected


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_flow_gives_none(name: str) -> None:
    assert messages(name) == []


def test_every_flow_of_the_corpus_has_its_messages_beside_it() -> None:
    assert sorted(path.stem for path in CORPUS.glob("*.yaml")) == sorted([*BROKEN, *CLEAN])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_broken_flow(rule: Rule) -> None:
    told = "".join((CORPUS / f"{name}.txt").read_text(encoding="utf-8") for name in BROKEN)
    assert f"[{rule.name}]" in told
    assert rule.reason
    assert rule.fix


def test_each_file_holds_one_rule_and_each_rule_has_its_own_name() -> None:
    assert len(RULES) == len(FILES) == len({rule.name for rule in RULES})
