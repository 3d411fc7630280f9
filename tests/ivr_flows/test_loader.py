"""Reading a flows file: what is good is taken, what is wrong is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr_flows.loader import check, load_flows, parse_flows
from ivr_flows.problems import FlowError, Level, Problem
from tests.ivr_flows.shop import FLOWS, book

GOOD = """\
flows:
  call:
    languages: [en]
    inputs: {total: rupees}
    outcomes: [done, lost]
    on_hang_up: lost
    gives_up: bye
    start: ask
    steps:
      ask:
        ask: {en: "It is {{ total }}. Press one."}
        options:
          go: {key: "1", next: bye}
      bye: {hang_up: done}
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(FlowError) as caught:
        parse_flows(text, "f.yaml")
    return caught.value.problems


def one(old: str, new: str) -> str:
    assert old in GOOD
    (problem,) = problems(GOOD.replace(old, new, 1))
    return str(problem)


def test_the_shop_s_flows_are_good() -> None:
    assert check(FLOWS) == []
    assert set(book().flows) >= {"vendor_confirmation", "rider_assignment", "customer_support"}


def test_a_good_flow() -> None:
    flow = parse_flows(GOOD).flows["call"]
    assert flow.languages == ("en",)
    assert list(flow.outcomes) == ["done", "lost"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("next: bye}", "nxet: bye, next: bye}", "f.yaml:13:32: unknown key 'nxet'; did you mean 'next'? [unknown-key]"),
        (", next: bye}", "}", "f.yaml:13:11: 'next' is missing here [missing-key]"),
        ("next: bye}", "next: by}", "f.yaml:13:32: there is no step 'by'; did you mean 'bye'? [no-step]"),
        ("hang_up: done", "hang_up: don", "f.yaml:14:22: there is no outcome 'don'; did you mean 'done'? [no-outcome]"),
        ("{{ total }}", "{{ totl }}", "f.yaml:11:19: there is no input or variable 'totl'; known: caller, total"),
        ("{{ total }}", "{{ total", "f.yaml:11:19: not a template: "),
        (
            "{{ total }}",
            "{{ total.__class__ }}",
            "f.yaml:11:19: getattr can't be used in a prompt; expected {{ name }}",
        ),
        ("{{ total }}", "{% for x in total %}{% endfor %}", "f.yaml:11:19: for can't be used in a prompt"),
        ('{en: "It', '{hi: "It', ""),
        ("languages: [en]", "languages: [en, mr]", "f.yaml:11:9: this prompt is missing in mr [missing-language]"),
        (
            "languages: [en]",
            "languages: [ta]",
            "f.yaml:3:17: languages: input should be 'hi', 'mr' or 'en', got 'ta' [value]",
        ),
        ("hang_up: done", "tell: x", "f.yaml:14:7: expected a step that has one of: options, digits"),
        ("total: rupees", "total: dollars", "f.yaml:4:21: type: input should be 'text', 'order_number'"),
        ("gives_up: bye", "gives_up: ask", "f.yaml:7:15: expected a step that hangs up, got 'ask', which does not"),
        (
            "gives_up: bye",
            "gives_up: bye\n    gives_up: bye",
            "f.yaml:8:5: the key 'gives_up' is here twice; first on line 7 [yaml]",
        ),
        ('key: "1"', 'key: "12"', "f.yaml:13:21: expected a key: 0-9, '*' or '#', got '12' [value]"),
        ('key: "1", ', "", "f.yaml:13:11: expected a key, words to hear, or both [value]"),
        (
            "      bye:",
            "      far: {hang_up: lost}\n      bye:",
            "f.yaml:14:7: no way leads to the step 'far' [unreachable]",
        ),
        (
            "{hang_up: done}",
            "!!python/object:os.system {}",
            "f.yaml:14:12: expected no tag, got 'tag:yaml.org,2002:python/object:os",
        ),
        ("[done, lost]", "[done, lost", "f.yaml:6:15: not YAML: while parsing a flow sequence"),
        (
            '"1", next: bye}',
            '"1", next: bye, hear: {en: [go]}}\n          no: {key: "1", next: bye}',
            "f.yaml:14:21: the key 1 is taken; first on line 13 [same-key]",
        ),
        (
            '"1", next: bye}',
            '"1", next: bye, hear: {en: [go]}}\n          no: {key: "2", next: bye, hear: {en: [Go!]}}',
            "f.yaml:14:49: 'Go!' means 'go' already [same-words]",
        ),
        ("{hang_up: done}", "{say: {en: [{sound: ../x.wav}]}, hang_up: done}", ""),
    ],
)
def test_each_mistake_has_its_place_and_words(old: str, new: str, expected: str) -> None:
    if expected:
        assert one(old, new).startswith(expected)
    elif "sound" in new:
        parse_flows(GOOD.replace(old, new, 1))
    else:
        found = [problem.rule for problem in problems(GOOD.replace(old, new, 1))]
        assert found == ["missing-language", "language"]


def test_all_problems_are_found_at_once() -> None:
    broken = (
        GOOD.replace("next: bye", "next: by").replace("{{ total }}", "{{ x }}").replace("hang_up: done", "hang_up: d")
    )
    assert [problem.rule for problem in problems(broken)] == ["no-variable", "no-step", "no-outcome"]


def test_a_flow_with_a_wrong_shape_does_not_hide_the_mistakes_of_another() -> None:
    second = GOOD.split("\n", 1)[1].replace("  call:", "  other:").replace("next: bye", "next: by")
    broken = GOOD.replace("start:", "begin:") + second
    assert [problem.rule for problem in problems(broken)] == ["missing-key", "unknown-key", "no-step"]


def test_circles_without_a_wait_are_refused() -> None:
    steps = """\
      ask: {say: {en: a}, next: more}
      more: {say: {en: b}, next: ask}
      bye: {hang_up: done}
"""
    found = problems(GOOD[: GOOD.index("      ask:")] + steps)
    assert [problem.rule for problem in found] == ["circle", "circle"]


def test_a_variable_that_may_not_be_filled_is_found() -> None:
    steps = """\
      ask:
        ask: {en: "Press one"}
        options:
          go: {key: "1", set: {word: x}, next: bye}
          no: {key: "2", next: bye}
      bye: {say: {en: "{{ word }}"}, hang_up: done}
"""
    (problem,) = problems(GOOD[: GOOD.index("      ask:")] + steps)
    assert problem.rule == "unfilled"


@pytest.mark.parametrize("through", ["", "more: {say: {en: fine}, next: take}\n      "])
def test_speech_may_not_decide_unasked(through: str) -> None:
    steps = f"""\
      ask:
        ask: {{en: "Press one"}}
        options:
          go: {{key: "1", hear: {{en: [go]}}, next: {"more" if through else "take"}}}
      {through}take: {{decide: done, already: bye, failed: bye}}
      bye: {{hang_up: lost}}
"""
    (problem,) = problems(GOOD[: GOOD.index("      ask:")] + steps)
    assert (problem.rule, problem.line) == ("unconfirmed", 13)


def test_decisions_need_a_way_when_they_fail() -> None:
    steps = """\
      ask: {decide: done}
      bye: {hang_up: lost}
"""
    assert [problem.rule for problem in problems(GOOD[: GOOD.index("      ask:")] + steps)] == ["decision"] * 2


def test_sounds_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(GOOD.replace('"It is {{ total }}. Press one."', "{sound: ding.wav}"))
    assert [problem.rule for problem in check(file) if problem.level is Level.ERROR] == ["no-sound"]
    (tmp_path / "ding.wav").touch()
    assert set(load_flows(file).flows) == {"call"}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "can't be read" in check(tmp_path / "none.yaml")[0].message
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xfa")
    assert "expected UTF-8" in check(tmp_path / "latin.yaml")[0].message


@pytest.mark.parametrize(
    "text", ["", "flows:", "flows: {}", "[]", "hello", "flows: [1]", "routes: 3", "? [a]: b", "\t", "flows: {Call: {}}"]
)
def test_what_is_no_flows_file_is_refused(text: str) -> None:
    assert problems(text)


def test_routes_lead_to_flows_with_their_inputs() -> None:
    routes = "routes: [{any: true, flow: cal}, {number: '100', any: true, flow: call}]\n"
    found = problems(routes + GOOD)
    assert "exactly one of number, prefix and any" in found[0].message
    (problem,) = problems("routes: [{any: true, flow: call}]\n" + GOOD)
    assert problem.message == (
        "call can't be given this: total: expected rupees with at most two decimals, such as 1250 or 1250.50, got None"
    )
    found = problems("routes: [{any: true, flow: call, inputs: {total: 5}}, {any: true, flow: cal}]\n" + GOOD)
    assert [problem.rule for problem in found] == ["same-route", "no-flow"]


def test_the_hash_is_of_the_content_and_not_of_the_layout() -> None:
    first = parse_flows(GOOD).flows["call"].hash
    assert parse_flows("# a comment\n" + GOOD.replace("[en]", "\n      - en")).flows["call"].hash == first
    assert parse_flows(GOOD.replace("Press one", "Press 1")).flows["call"].hash != first


def test_examples_and_fixed_prompts_of_the_shop() -> None:
    vendor = book().flows["vendor_confirmation"]
    assert "ले लेंगे" in vendor.examples()["accept"]["hi"]
    assert set(vendor.examples()) >= {"accept", "reject", "repeat", "yes", "no"}
    fixed = vendor.fixed_prompts()
    assert {part.language for say in fixed for part in say.parts if hasattr(part, "language")} == {"hi", "mr", "en"}
    assert all(say.fixed and "{{" not in str(say.parts) for say in fixed)
    assert not any("order.say" in say.id for say in fixed)
