"""Callers who speak while every recogniser fails: offered the keys, and not blamed for it."""

from __future__ import annotations

import pytest

from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.simulator import Simulator
from ivr_flows.waiting import filler, filler_after_ms

SORRY = "Sorry, I can't make out what you say just now. Please use the keypad."


def flow(step: str, more: str = "", languages: str = "[en]") -> Flow:
    return parse_flows(f"""
routes: [{{any: true, flow: it}}]
flows:
  it:
    languages: {languages}
    outcomes: [done, unclear]
    on_hang_up: unclear
    gives_up: unclear
    {more}
    start: here
    steps:
      here: {step}
      done: {{hang_up: done}}
      unclear: {{hang_up: unclear}}
""").flows["it"]


YES, NO = '{key: "1", hear: {en: [yes, yeah]}, next: done}', '{key: "#", hear: {en: [no]}, next: done}'
OPTIONS = f'{{ask: {{en: "Ready?"}}, options: {{y: {YES}, n: {NO}}}}}'


def test_each_key_is_offered_with_the_first_words_for_it() -> None:
    call = Simulator(flow(OPTIONS), {})
    assert call.unheard() == f"{SORRY} For yes, press 1. For no, press hash."
    call.keys("1")
    assert call.end is not None
    assert call.end.outcome == "done"


def test_the_question_is_put_again_where_a_key_has_no_words() -> None:
    call = Simulator(flow('{ask: {en: "Ready? Press 1."}, options: {y: {key: "1", next: done}}}'), {})
    assert call.unheard() == f"{SORRY} Ready? Press 1."


def test_the_flow_s_own_words_come_first() -> None:
    own = 'no_match: {unheard: {en: "We are deaf today."}}'
    assert Simulator(flow(OPTIONS, own), {}).unheard() == "We are deaf today. Ready?"


def test_where_nothing_can_be_pressed_it_is_a_turn_that_means_nothing() -> None:
    call = Simulator(
        flow('{ask: {en: "Ready?"}, options: {y: {hear: {en: [yes]}, next: done}}}', 'no_match: {say: {en: "What?"}}'),
        {},
    )
    assert call.unheard() == "What? Ready?"
    assert call.session.no_match == 1


def test_it_is_no_failure_of_the_caller_s_and_has_an_end() -> None:
    call = Simulator(flow(OPTIONS, "no_match: {tries: 3}"), {})
    call.unheard()
    call.say("blah")
    call.unheard()
    call.say("blah")
    assert (call.session.unheard, call.session.no_match, call.end) == (2, 2, None)
    call.unheard()
    assert call.end is not None
    assert call.end.outcome == "unclear"


@pytest.mark.parametrize(
    ("step", "offered"),
    [
        ('{ask: {en: "Type it."}, digits: {into: n, max: 2}, next: done}', "Type it."),
        (
            '{ask: {en: "Well?"}, converse: {exits: {p: {key: "0", hear: {en: [a person]}, next: done}}}, next: done}',
            "For a person, press 0.",
        ),
    ],
)
def test_other_questions_offer_what_they_have(step: str, offered: str) -> None:
    assert Simulator(flow(step), {}).unheard() == f"{SORRY} {offered}"


def test_yes_and_no_to_what_was_typed_have_keys() -> None:
    step = '{ask: {en: "Type it."}, digits: {into: n, max: 1}, confirm: {say: {en: "{{ n }}?"}}, next: done}'
    call = Simulator(flow(step), {})
    call.keys("5")
    assert call.unheard() == f"{SORRY} For yes, press 1. For no, press 2."
    call.keys("1")
    assert call.end is not None
    assert call.end.outcome == "done"


def test_the_choice_of_a_language_is_put_again() -> None:
    step = '{ask: {en: "Press 1.", hi: "दो दबाइए।"}, language: {en: "1", hi: "2"}, next: done}'
    assert Simulator(flow(step, languages="[en, hi]"), {}).unheard() == f"{SORRY} Press 1. दो दबाइए।"


def test_what_is_recorded_is_kept_heard_or_not() -> None:
    call = Simulator(flow('{ask: {en: "Say it."}, listen: {into: it}, next: done}'), {})
    call.unheard()
    assert call.end is not None
    assert (call.end.outcome, call.end.data["it"]) == ("done", "")


def test_fillers_take_turns_and_are_rendered_before_any_call() -> None:
    usual = flow(OPTIONS)
    session = Simulator(usual, {}).session
    said = [filler(usual, session, count)[0] for count in range(4)]
    assert said[0] == said[3] != said[1]
    fixed = {part for say in usual.own_prompts() for part in say.parts}
    assert set(said) < fixed
    assert filler_after_ms(usual, 900) == 900


def test_a_filler_may_speak_of_the_order() -> None:
    own = 'inputs: {name: {type: text, default: Asha}}\n    filler: {after: 2s, say: {en: "One moment, {{ name }}."}}'
    named = flow(OPTIONS, own)
    (part,) = filler(named, Simulator(named, {}).session, 5)
    assert getattr(part, "text", "") == "One moment, Asha."
    assert filler_after_ms(named, 900) == 2000
    assert filler(flow(OPTIONS, "filler: off"), Simulator(flow(OPTIONS, "filler: off"), {}).session, 0) == ()
