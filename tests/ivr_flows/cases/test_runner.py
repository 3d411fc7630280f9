"""Cases pass where the call goes as they say, and tell where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows.cases import Result, load_cases, run_case
from ivr_flows.problems import FlowError

FLOWS = """
flows:
  shop:
    languages: [en, hi]
    inputs: {vendor: text}
    outcomes: [told, hung_up, away, saved, twice]
    on_hang_up: hung_up
    gives_up: bye
    decisions: {already: twice, failed: away}
    start: menu
    steps:
      menu:
        ask: {en: "Hello {{ vendor }}. Press one.", hi: "{{ vendor }}, एक दबाइए।"}
        options:
          one: {key: "1", hear: {en: [hours], hi: [समय]}, next: hours}
          two: {key: "2", next: save}
      hours:
        lookup: {name: hours, gives: {opens: time}}
        next: told
        failed: away
      told: {say: {en: "We open at {{ opens }}.", hi: "{{ opens }} बजे।"}, hang_up: told}
      save: {decide: saved, say: {en: "Saved.", hi: "हो गया।"}}
      away: {say: {en: "Not now.", hi: "अभी नहीं।"}, hang_up: away}
      twice: {say: {en: "Done before.", hi: "हो चुका।"}, hang_up: twice}
      bye: {say: {en: "Bye.", hi: "नमस्ते।"}, hang_up: told}
"""
HEAD = """flows: flows.yaml
given: {shop: {inputs: {vendor: Asha}, lookups: {hours: {opens: "9:00"}}}}
cases:
"""


@pytest.fixture
def write(tmp_path: Path) -> Path:
    (tmp_path / "flows.yaml").write_text(FLOWS, encoding="utf-8")
    return tmp_path / "cases.yaml"


def run(file: Path, *cases: str) -> list[Result]:
    file.write_text(HEAD + "\n".join(f"  - {{name: case {n}, {case}}}" for n, case in enumerate(cases)), "utf-8")
    return [run_case(case) for case in load_cases(file).cases]


@pytest.mark.parametrize(
    "case",
    [
        'flow: shop, steps: [{hears: Asha}, {keys: "1", hears: [We open, "9"]}], expect: {outcome: told, data: {}}',
        "flow: shop, given: {language: hi}, steps: [{say: समय}], expect: {outcome: told, language: hi}",
        'flow: shop, steps: [{lookup: {hours: failed}}, {keys: "1"}], expect: {outcome: away, lookups: [hours]}',
        'flow: shop, given: {decision: failed}, steps: [{keys: "2"}], expect: {outcome: away}',
        'flow: shop, steps: [{decision: refused}, {keys: "2", hears_not: Saved}], expect: {outcome: twice}',
        'flow: shop, steps: [{keys: "2"}], expect: {submissions: [{outcome: saved}], within: 20s}',
        "flow: shop, steps: [{silence: 2, step: menu}, hang_up], expect: {outcome: hung_up}",
        "flow: shop, steps: [{say: hm, guesses: {one: 0.9}}], expect: {outcome: told}",
    ],
)
def test_passes(write: Path, case: str) -> None:
    (result,) = run(write, case)
    assert not result.problems, result.problems


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("flow: shop, steps: [{hears: Ravi}, hang_up]", "the caller hears\n    expected  …Ravi…"),
        ('flow: shop, steps: [{keys: "2", hears_not: Saved}]', "the caller does not hear"),
        ("flow: shop, expect: {outcome: told}", "outcome\n    expected  told\n    got       the call goes on"),
        ('flow: shop, steps: [{keys: "2"}], expect: {submissions: []}', "submissions\n    expected  []"),
        ("flow: shop, steps: [hang_up, hang_up]", "step 2 can't be done: the call is over"),
        ("flow: shop, steps: [{silence: 1, step: bye}]", "step 1: step\n    expected  bye\n    got       menu"),
        ('flow: shop, steps: [{keys: "1"}], expect: {within: 1s}', "within\n    expected  at most 1.0 s"),
        ("flow: shop, steps: [hang_up], expect: {data: {x: 1}}", "data\n    expected  {'x': '1'}\n    got       {}"),
    ],
)
def test_tells_what_went_another_way(write: Path, case: str, message: str) -> None:
    (result,) = run(write, case)
    (problem,) = result.problems
    assert message in problem.message
    assert problem.line == 4


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("flow: shp", "expected a flow of flows.yaml: shop; got 'shp'"),
        ("flow: shop, given: {inputs: {}}", "vendor: expected text, got None"),
        ("flow: shop, given: {language: fr}", "language: input should be 'hi', 'mr' or 'en'"),
        ("flow: shop, given: {language: mr}", "language: expected one of en, hi, got 'mr'"),
        ("flow: shop, expect: {outcome: tld}", "shop has no outcome 'tld'"),
        ("flow: shop, steps: [{keys: '1', step: mnu}]", "no step 'mnu'; did you mean 'menu'?"),
        ("flow: shop, steps: [{keys: '1', heard: hello}]", "unknown key 'heard'; did you mean 'hears'?"),
        ("flow: shop, steps: [{keys: '1', say: hello}]", "expected one of keys, say, silence"),
        ("flow: shop, steps: [{keys: 'A'}]", "keys: string should match pattern"),
        ("steps: []", "'flow' is missing here"),
    ],
)
def test_refuses_what_can_t_be_a_case_with_line_and_column(write: Path, case: str, message: str) -> None:
    with pytest.raises(FlowError) as refused:
        run(write, case)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert problem.line == 4
    assert problem.column > 1
    assert problem.file.endswith("cases.yaml")


def test_two_cases_of_one_name(write: Path) -> None:
    write.write_text(HEAD + "  - {name: a, flow: shop}\n  - {name: a, flow: shop}\n", "utf-8")
    with pytest.raises(FlowError, match="two cases of shop are called 'a'"):
        load_cases(write)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="can't be read"):
        load_cases(tmp_path / "none.yaml")
