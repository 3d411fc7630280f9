"""Flows that run other flows: one flow in the end, that acts as if it had been written so."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from ivr_flows.commands import Command, End, Say, SpokenText, Wait
from ivr_flows.events import Digit, Event, HungUp, Silence
from ivr_flows.expansion import ExpansionError, expanded, parts_of
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import check_text, parse_flows
from ivr_flows.model import Flow, FlowBody
from ivr_flows.model.steps import AskStep, DigitsStep, RunStep
from ivr_flows.model.values import Type
from ivr_flows.problems import FlowError, Level
from ivr_flows.sources import gather
from ivr_flows.versions import kept, rebuilt

FLOWS = """\
flows:
  order:
    languages: [en]
    inputs: {order_id: order_number}
    outcomes: [done, lost, given_up, gone_in_minutes]
    on_hang_up: lost
    gives_up: sorry
    no_input: {tries: 2, say: {en: "Hello?"}}
    commands: {repeat: {key: "*"}}
    start: which
    steps:
      which:
        description: Rings the shop's changes.
        run:
          flow: change
          inputs: {number: "{{ order_id }}", about: "order {{ order_id }}"}
          then: {changed: again, kept: again, unclear: sorry}
      again:
        on_hang_up: gone_in_minutes
        run: {flow: minutes, then: {typed: bye, none: sorry}}
      sorry: {say: {en: Sorry.}, hang_up: given_up}
      bye: {say: {en: "{{ how_long }} for {{ number }}, {{ about }}."}, hang_up: done}

  change:
    languages: [en]
    inputs: {number: order_number, about: text, shop: {type: text, default: Mercury}}
    outcomes: [changed, kept, unclear]
    on_hang_up: unclear
    gives_up: unclear
    confidence: 0.9
    no_input: {after: 3s, say: {en: "Are you there?"}}
    no_match: {tries: 1}
    commands: {help: {key: "9", next: unclear}}
    start: ask
    steps:
      ask:
        ask: {en: "Change {{ about }} at {{ shop }}? Press one, or two."}
        options:
          "yes": {key: "1", next: when}
          "no": {key: "2", hear: {en: [leave it]}, next: kept}
      when: {run: {flow: minutes, then: {typed: changed, none: unclear}}}
      changed: {hang_up: changed}
      kept: {say: {en: Unchanged.}, hang_up: kept}
      unclear: {hang_up: unclear}

  minutes:
    languages: [en]
    outcomes: [typed, none]
    on_hang_up: none
    gives_up: none
    no_input: {tries: 1}
    start: type
    steps:
      type:
        ask: {en: "How many minutes? Type them."}
        digits: {into: how_long, type: minutes, max: 2}
        next: typed
      typed: {hang_up: typed}
      none: {hang_up: none}
"""


def written(text: str = FLOWS) -> Mapping[str, FlowBody]:
    content = gather(text, "flows.yaml", None).files[0].content
    assert content is not None
    return content.flows


def bodies(text: str = FLOWS) -> dict[str, FlowBody]:
    return expanded(written(text))


def order(text: str = FLOWS) -> Flow:
    return Flow("order", bodies(text)["order"])


def talk(flow: Flow, *events: Event) -> tuple[list[str], End | Wait]:
    session, commands = start(flow, {"order_id": "A 12"})
    heard = _said(commands)
    for event in events:
        session, commands = advance(flow, session, event)
        heard += _said(commands)
    last = commands[-1]
    assert isinstance(last, End | Wait)
    return heard, last


def _said(commands: tuple[Command, ...]) -> list[str]:
    parts = [part for command in commands if isinstance(command, Say) for part in command.parts]
    return [part.text for part in parts if isinstance(part, SpokenText)]


def keys(*typed: str) -> tuple[Event, ...]:
    return tuple(Digit(0, key) for key in "".join(typed))


def test_steps_are_named_after_the_step_that_runs_them() -> None:
    assert set(order().steps) == {
        *("which", "which/ask", "which/when", "which/when/type", "which/when/typed", "which/when/none"),
        *("which/changed", "which/kept", "which/unclear"),
        *("again", "again/type", "again/typed", "again/none", "sorry", "bye"),
    }
    assert not any(isinstance(step, RunStep) for body in bodies().values() for step in body.steps.values())


def test_a_flow_that_runs_none_stays_as_it_is() -> None:
    assert set(bodies()["minutes"].steps) == {"type", "typed", "none"}


@pytest.mark.parametrize(
    ("typed", "last_words", "outcome"),
    [
        (keys("1", "15", "20"), "20 minutes for A, 1 2, order A 12.", "done"),
        (keys("2", "20"), "20 minutes for A, 1 2, order A 12.", "done"),
        ((*keys("1"), Silence(0)), "Sorry.", "given_up"),
        ((*keys("2"), Silence(0)), "Sorry.", "given_up"),
        (keys("5"), "Sorry.", "given_up"),
    ],
)
def test_each_outcome_goes_on_where_the_caller_of_it_says(
    typed: tuple[Event, ...], last_words: str, outcome: str
) -> None:
    heard, end = talk(order(), *typed)
    assert isinstance(end, End)
    assert (heard[-1], end.outcome) == (last_words, outcome)


def test_last_words_of_the_other_flow_are_said() -> None:
    heard, last = talk(order(), *keys("2"))
    assert heard[-2:] == ["Unchanged.", "How many minutes? Type them."]
    assert isinstance(last, Wait)


def test_inputs_are_given_as_they_are_and_texts_are_filled() -> None:
    heard, _ = talk(order())
    assert heard == ["Change order A 12 at Mercury? Press one, or two."]
    variables = order().variables
    assert (variables["number"].type, variables["how_long"].type) == (Type.ORDER_NUMBER, Type.MINUTES)
    assert {"number", "how_long", "about"} <= order().answers
    assert order().inputs["shop"].default == "Mercury"


def test_what_the_other_flow_says_of_silence_stays_with_its_steps() -> None:
    steps = order().steps
    ask, again = steps["which/ask"], steps["again/type"]
    assert isinstance(ask, AskStep)
    assert isinstance(again, DigitsStep)
    assert (ask.no_input.after, ask.no_input.then) == (3000, "which/unclear")
    assert (ask.no_match.tries, ask.options["no"].confidence) == (1, 0.9)
    assert (again.no_input.tries, again.no_input.say, again.no_input.then) == (1, None, "again/none")
    assert talk(order(), Silence(0))[0][1] == "Are you there?"


def test_commands_are_the_calling_flow_s() -> None:
    heard, last = talk(order(), *keys("*"))
    assert heard == ["Change order A 12 at Mercury? Press one, or two."] * 2
    assert isinstance(last, Wait)
    assert "9" not in last.keys


def test_a_hang_up_is_the_calling_flow_s() -> None:
    for typed, outcome in (("", "lost"), ("1", "lost"), ("2", "gone_in_minutes")):
        _, end = talk(order(), *keys(typed), HungUp(0))
        assert isinstance(end, End)
        assert end.outcome == outcome


def test_an_outcome_that_is_not_provided_for_gives_up() -> None:
    _, end = talk(order(FLOWS.replace("kept: again, ", "")), *keys("2"))
    assert isinstance(end, End)
    assert end.outcome == "given_up"


def test_the_hash_changes_with_what_is_run() -> None:
    assert order(FLOWS).hash == order(FLOWS).hash
    assert order(FLOWS.replace("Unchanged.", "As it was.")).hash != order(FLOWS).hash


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ("flow: change", "flow: chang", "order.which", "there is no flow 'chang'"),
        ("when: {run: {flow: minutes", "when: {run: {flow: order", "", "flows run each other in a circle: "),
        (
            "kept: {say: {en: Unchanged.}, hang_up: kept}",
            "kept: {decide: kept}",
            "order.which",
            "change decides (in kept)",
        ),
        (', about: "order {{ order_id }}"', "", "order.which", "change needs the input 'about'"),
        ("about: ", "abut: ", "order.which", "change has no input 'abut'"),
        (
            "{number: order_number",
            "{number: rupees",
            "order.which",
            "change can't be given this: number: expected rupees as written, or one variable of this type, "
            "got '{{ order_id }}'",
        ),
        (
            'number: "{{ order_id }}"',
            'number: "?"',
            "order.which",
            "change can't be given this: number: expected an order",
        ),
    ],
)
def test_what_cannot_be_run(old: str, new: str, where: str, expected: str) -> None:
    assert old in FLOWS
    with pytest.raises(ExpansionError) as error:
        bodies(FLOWS.replace(old, new, 1))
    assert str(error.value).startswith(expected)
    assert where in ("", f"{error.value.flow}.{error.value.step}")


def test_flows_that_multiply_are_refused() -> None:
    steps = "".join(f"      r{n}: {{run: {{flow: LOWER, then: {{none: none}}}}}}\n" for n in range(10))
    lower = FLOWS[FLOWS.index("  minutes:") :]
    text = "flows:\n" + lower
    for level, below in enumerate(["minutes", "level0", "level1", "level2"]):
        more = lower.replace("minutes:", f"level{level}:", 1).replace(
            "      typed: ", steps.replace("LOWER", below) + "      typed: "
        )
        text += more
    with pytest.raises(ExpansionError, match="more than 5000 steps"):
        bodies(text)


def test_the_loader_and_the_check_say_where_it_is_written() -> None:
    wrong = FLOWS.replace('number: "{{ order_id }}"', 'number: "?"')
    expected = "flows.yaml:15:17: change can't be given this: number: expected an order number"
    with pytest.raises(FlowError) as error:
        parse_flows(wrong)
    assert str(error.value).startswith(expected)
    assert [str(p)[: len(expected)] for p in check_text(wrong) if p.level is Level.ERROR] == [expected]


def test_a_flow_can_be_made_again_from_its_parts() -> None:
    parts = parts_of("order", {**written(), "other": written()["minutes"]})
    assert set(parts) == {"order", "change", "minutes"}
    assert parts_of("minutes", written()) == {}
    assert Flow("order", expanded(parts)["order"]).hash == order().hash
    flow = Flow("order", expanded(parts)["order"], {}, parts)
    again = rebuilt("order", flow.hash, json.loads(json.dumps(kept(flow))))
    assert again == flow
