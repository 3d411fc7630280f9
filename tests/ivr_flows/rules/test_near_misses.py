"""Rules do not speak of what is close to what they forbid, and right."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows.loader import check_text
from ivr_flows.rules import RULES
from tests.ivr_flows.rules.near_misses import NEAR, Near


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sounds of the flows are."""
    folder = tmp_path_factory.mktemp("flows")
    (folder / "sounds").mkdir()
    (folder / "sounds" / "chime.wav").touch()
    return folder


def test_the_flow_that_all_are_made_from_is_clean() -> None:
    assert check_text(Near("").text) == []


@pytest.mark.parametrize("near", NEAR, ids=lambda near: near.rule)
def test_no_rule_speaks_of_a_near_miss(near: Near, folder: Path) -> None:
    assert [str(problem) for problem in check_text(near.text, folder=folder)] == []


def test_every_rule_has_a_near_miss() -> None:
    assert sorted({rule.name for rule in RULES} - {near.rule for near in NEAR}) == []


def test_every_near_miss_is_of_a_rule() -> None:
    assert sorted({near.rule for near in NEAR} - {rule.name for rule in RULES}) == []
