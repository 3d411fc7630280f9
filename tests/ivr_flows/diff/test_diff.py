"""A difference is told as what callers meet: each kind of edit, and nothing for an edit of the layout."""

from __future__ import annotations

import json

import pytest

from ivr_flows.diff import BookDiff, Change, FlowDiff, diff, told
from ivr_flows.loader import parse_flows

FLOWS = """
routes:
  - {number: "+918000000001", flow: order, inputs: {total: "10"}}
flows:
  order:
    languages: [en, hi]
    inputs: {total: rupees}
    outcomes: [taken, refused, gone]
    on_hang_up: gone
    gives_up: bye
    confidence: 0.6
    no_input: {after: 5s, tries: 2}
    start: hello
    steps:
      hello: {say: {en: "Hello.", hi: "नमस्ते।"}, next: accept}
      accept:
        ask: {en: "Press one, or two. It is {{ total }}.", hi: "एक या दो दबाइए। {{ total }}।"}
        options:
          take: {key: "1", hear: {en: ["yes", "take it"], hi: [हाँ]}, next: thanks}
          refuse: {key: "2", hear: {en: ["no"], hi: [नहीं]}, next: bye}
      thanks: {say: {en: "Thanks.", hi: "धन्यवाद।"}, hang_up: taken}
      bye: {say: {en: "Bye.", hi: "नमस्ते जी।"}, hang_up: refused}
"""


def edited(*pairs: tuple[str, str]) -> BookDiff:
    text = FLOWS
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return diff(parse_flows(FLOWS), parse_flows(text))


def only(difference: BookDiff) -> FlowDiff:
    (flow,) = difference.changed
    return flow


def test_layout_comments_and_descriptions_make_the_same_call() -> None:
    difference = edited(
        ("flows:\n", "# the flows\nflows:\n\n"),
        ("    confidence: 0.6\n", ""),
        ("    languages:", "    description: An order.\n    languages:"),
    )
    assert difference.same_calls
    assert told(difference) == "the same calls"


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ('"Thanks."', '"Many thanks."', [Change("thanks.say", "is heard in en", "Thanks.", "Many thanks.")]),
        ('"धन्यवाद।"', '"शुक्रिया।"', [Change("thanks.say", "is heard in hi", "धन्यवाद।", "शुक्रिया।")]),
        ('key: "2"', 'key: "3"', [Change("accept.options.refuse.key", "key", "2", "3")]),
        ("next: bye}", "next: hello}", [Change("accept.options.refuse.next", "leads to", "bye", "hello")]),
        ("after: 5s", "after: 1500ms", [Change("no_input.after", "time", "5 s", "1.5 s")]),
        ("tries: 2", "tries: 3", [Change("no_input.tries", "threshold", "2", "3")]),
        ("confidence: 0.6", "confidence: 0.8", [Change("confidence", "threshold", "0.6", "0.8")]),
        (
            '["yes", "take it"]',
            '["yes", sure]',
            [Change("accept.options.take", "is understood in en", "take it", "sure")],
        ),
        ("[taken, refused, gone]", "[taken, refused, gone, busy]", [Change("busy", "outcome added", "", "busy")]),
        ("languages: [en, hi]", "languages: [hi, en]", [Change("languages", "usual language", "en", "hi")]),
        (
            "{total: rupees}",
            "{total: {type: rupees, default: 5}}",
            [Change("inputs.total.default", "value", "", "5")],
        ),
    ],
)  # fmt: skip
def test_each_edit_is_told_for_what_it_is(old: str, new: str, changes: list[Change]) -> None:
    difference = edited((old, new))
    assert not difference.same_calls
    assert list(only(difference).changes) == changes


def test_a_step_by_another_name_is_the_same_call() -> None:
    difference = edited(("thanks:", "taken_thanks:"), ("next: thanks", "next: taken_thanks"))
    assert only(difference).renamed == {"thanks": "taken_thanks"}
    assert only(difference).changes == ()
    assert difference.same_calls
    assert "~ step renamed: thanks → taken_thanks" in told(difference)


def test_steps_that_lead_to_renamed_ones_are_found_too() -> None:
    difference = edited(
        ("thanks:", "end:"), ("next: thanks", "next: end"), ("accept:\n", "offer:\n"), ("next: accept", "next: offer")
    )
    assert only(difference).renamed == {"thanks": "end", "accept": "offer"}
    assert difference.same_calls


def test_a_renamed_step_that_changed_is_told_as_one_step() -> None:
    difference = edited(("bye:", "farewell:"), ("gives_up: bye", "gives_up: farewell"), ("next: bye", "next: farewell"),
                        ("hang_up: refused", "hang_up: gone"))  # fmt: skip
    assert only(difference).renamed == {"bye": "farewell"}
    assert only(difference).changes == (Change("farewell.hang_up", "value", "refused", "gone"),)


def test_a_new_step_brings_new_paths() -> None:
    difference = edited(
        ("next: bye}", "next: sorry}"),
        ("      bye:", "      sorry: {say: {en: Sorry., hi: माफ़ कीजिए।}, next: bye}\n      bye:"),
    )
    flow = only(difference)
    assert Change("sorry", "step added", "", "say: Sorry.") in flow.changes
    assert Change("accept.options.refuse.next", "leads to", "bye", "sorry") in flow.changes
    assert (flow.paths.gone, flow.paths.new) == (1, 1)
    assert flow.paths.some_new == ("hello > accept (answered) > sorry > bye = refused",)
    assert "  1 path new\n    + hello > accept (answered) > sorry > bye = refused" in told(difference)


def test_a_lost_step_and_another_kind_of_step() -> None:
    gone = edited(("next: accept}", "next: bye}"), ("start: hello", "start: accept"),
                  ('      hello: {say: {en: "Hello.", hi: "नमस्ते।"}, next: bye}\n', ""))  # fmt: skip
    assert Change("hello", "step removed", "say: Hello.") in only(gone).changes
    other = edited(("hang_up: taken}", "wait: 2s, next: bye}"))
    assert Change("thanks", "is another kind of step", "hang_up", "wait") in only(other).changes


def test_flows_come_and_go() -> None:
    both = parse_flows(FLOWS.replace("routes:", "routes:\n  - {any: true, flow: trip}") + _as_flow("trip"))
    one = parse_flows(FLOWS)
    assert diff(one, both).added == ("trip",)
    assert diff(both, one).removed == ("trip",)
    assert told(diff(one, both)).splitlines() == ["+ flow trip", "+ route added: any number → trip"]


def test_routes_and_hours_are_told() -> None:
    hours = 'hours:\n  shop: {open: {mon-fri: "09:00-21:00"}}\n'
    before = parse_flows(hours + FLOWS.replace("flow: order,", "flow: order, hours: shop,"))
    later = hours.replace("21:00", "22:00")
    after = parse_flows(later + FLOWS.replace("flow: order,", "flow: order, hours: shop,"))
    assert diff(before, after).routing == (
        Change("hours.shop.open.mon-fri", "value", '["09:00-21:00"]', '["09:00-22:00"]'),
    )
    moved = edited(("+918000000001", "+918000000002"))
    assert [change.what for change in moved.routing] == ["route removed", "route added"]


def test_it_is_plain_json() -> None:
    found = json.loads(json.dumps(edited(("tries: 2", "tries: 3")).as_json()))
    assert found["same_calls"] is False
    assert found["changed"][0]["changes"] == [
        {"place": "no_input.tries", "what": "threshold", "before": "2", "after": "3"}
    ]


def _as_flow(name: str) -> str:
    body = FLOWS[FLOWS.index("  order:\n") :].replace("  order:", f"  {name}:", 1)
    return body.replace("inputs: {total: rupees}", "inputs: {total: {type: rupees, default: 1}}")
