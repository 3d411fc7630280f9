"""Paths are enumerated by the interpreter, walked by cases, and written as cases where none walks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows.cases import CaseBook, load_cases, run_case
from ivr_flows.loader import load_flows, parse_flows
from ivr_flows.paths import Coverage, cover, explore, skeleton_file
from ivr_flows.paths.tracing import shown
from tests.ivr_flows.cases.test_runner import FLOWS
from tests.ivr_flows.everything import EVERYTHING

TURNING = """
flows:
  shop:
    languages: [en]
    inputs: {total: rupees}
    outcomes: [big, small, late, hung_up]
    on_hang_up: hung_up
    gives_up: late
    start: minutes
    steps:
      minutes:
        ask: {en: "How many minutes?"}
        digits: {into: ready_in, type: minutes, max: 2, between: [5, 90]}
        next: kind
      kind:
        branch: [{when: ready_in > 60, next: late}, {when: total >= 1000, next: big}]
        otherwise: small
      late: {say: {en: "Too late."}, hang_up: late}
      big: {say: {en: "Big."}, hang_up: big}
      small: {say: {en: "Small."}, hang_up: small}
"""


def test_every_path_of_a_small_flow() -> None:
    flow = parse_flows(FLOWS).flows["shop"]
    assert sorted(map(shown, explore(flow, {"vendor": "Asha"}).paths)) == [
        "menu (answered) > hours (failed) > away = away",
        "menu (answered) > hours (found) > told = told",
        "menu (answered) > save (committed) = saved",
        "menu (answered) > save (failed) > away = away",
        "menu (answered) > save (refused) > twice = twice",
        "menu (hung up) = hung_up",
        "menu (no input) > bye = told",
        "menu (no match) > bye = told",
        "menu (time up) > bye = told",
    ]


def test_every_way_of_a_small_flow() -> None:
    flow = parse_flows(FLOWS).flows["shop"]
    assert sorted(map(str, explore(flow, {"vendor": "Asha"}).ways)) == [
        "hours: failed",
        "hours: found, then told",
        "menu: another key",
        "menu: hung up",
        "menu: key 1",
        "menu: key 2",
        "menu: says one",
        "menu: says something else",
        "menu: says something unsurely",
        "menu: silence",
        "menu: time up",
        "save: committed",
        "save: failed",
        "save: refused",
    ]


def test_branches_on_what_is_typed_and_given_are_met() -> None:
    flow = parse_flows(TURNING).flows["shop"]
    outcomes = {path[-1].outcome for path in cover(flow, []).paths}
    assert outcomes == {"big", "small", "late", "hung_up"}


def test_a_loop_is_taken_once() -> None:
    paths = {shown(path) for path in explore(parse_flows(EVERYTHING).flows["looping"], {}).paths}
    assert "menu (answered) > message (answered) > menu" in paths
    assert max(path.count("> menu") for path in paths) == 1


def cases(tmp_path: Path, text: str) -> CaseBook:
    (tmp_path / "flows.yaml").write_text(EVERYTHING, "utf-8")
    (tmp_path / "cases.yaml").write_text(f"flows: flows.yaml\ncases: [{{name: a, flow: looping, {text}}}]", "utf-8")
    return load_cases(tmp_path / "cases.yaml")


def test_a_case_walks_its_path_and_the_loops_on_it(tmp_path: Path) -> None:
    loaded = cases(tmp_path, "steps: [{keys: '0'}, {keys: '7'}, {say: bye}]")
    coverage = cover(loaded.flows["looping"], [run_case(case) for case in loaded.cases])
    walked = {shown(path) for path in coverage.walked_paths}
    assert walked == {
        "menu (answered) > message (answered) > menu",
        "menu (answered) > goodbye = answered",
    }
    assert {str(way) for way in coverage.walked_ways} == {"menu: key 0", "message: key 7", "menu: says goodbye"}


def test_a_case_that_fails_walks_nothing(tmp_path: Path) -> None:
    loaded = cases(tmp_path, "expect: {outcome: answered}")
    coverage = cover(loaded.flows["looping"], [run_case(case) for case in loaded.cases])
    assert not coverage.walked_paths


@pytest.mark.parametrize("text", [FLOWS, TURNING, EVERYTHING])
def test_skeletons_walk_all_that_is_open(tmp_path: Path, text: str) -> None:
    (tmp_path / "flows.yaml").write_text(text, "utf-8")
    covered = [cover(flow, []) for flow in load_flows(tmp_path / "flows.yaml").flows.values()]
    written, count = skeleton_file(covered, "flows.yaml")
    (tmp_path / "rest.yaml").write_text(written, "utf-8")
    results = [run_case(case) for case in load_cases(tmp_path / "rest.yaml").cases]
    assert count == len(results)
    assert not [problem for result in results for problem in result.problems]
    again: list[Coverage] = [cover(coverage.flow, results) for coverage in covered]
    assert [coverage.open_paths for coverage in again] == [[] for _ in again]
    assert [coverage.open_ways for coverage in again] == [[] for _ in again]
