"""Versions survive JSON: the same hash, and a session saved under an old one finishes on it."""

from __future__ import annotations

import json

import pytest

from ivr_flows.commands import End, SpokenText, Wait
from ivr_flows.events import Digit, HungUp
from ivr_flows.interpreter import advance, resume, start
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.model.steps import Fact
from ivr_flows.session import Session, SessionError
from ivr_flows.versions import VersionError, kept, rebuilt
from tests.ivr_flows.shop import book

OLD = """
flows:
  order:
    languages: [en]
    outcomes: [taken, refused, gone]
    on_hang_up: gone
    gives_up: no
    start: accept
    steps:
      accept:
        ask: {en: "Press one to take it, two to refuse it."}
        options:
          take: {key: "1", next: yes_}
          refuse: {key: "2", next: no_}
      yes_: {say: {en: "Taken."}, hang_up: taken}
      no_: {say: {en: "Refused."}, hang_up: refused}
""".replace("gives_up: no", "gives_up: no_")
NEW = OLD.replace('{key: "1", next: yes_}', '{key: "1", next: no_}').replace(
    '{key: "2", next: no_}', '{key: "2", next: yes_}'
)


def through_json(flow: Flow) -> Flow:
    return rebuilt(flow.name, flow.hash, json.loads(json.dumps(kept(flow))))


@pytest.mark.parametrize("name", list(book().flows))
def test_the_shop_s_flows_come_back_as_they_were(name: str) -> None:
    flow = book().flows[name]
    again = through_json(flow)
    assert again == flow
    assert list(again.steps) == list(flow.steps)


def test_what_a_flow_knows_is_kept_with_it() -> None:
    flow = parse_flows(OLD).flows["order"]
    fact = Fact.model_validate({"hear": {"en": ["when do you open"]}, "say": {"en": "At nine."}})
    knowing = Flow("order", flow.body, {"shop": {"hours": fact}})
    assert through_json(knowing).facts == knowing.facts
    assert knowing.hash != flow.hash


def test_a_session_of_the_old_version_finishes_on_it() -> None:
    old, new = (parse_flows(text).flows["order"] for text in (OLD, NEW))
    session, _ = start(old, {})
    saved = Session.from_json(session.to_json())
    with pytest.raises(SessionError):
        resume(new, saved)
    version = through_json(old)
    session, commands = resume(version, saved)
    assert isinstance(commands[-1], Wait)
    session, commands = advance(version, session, Digit(100, "1"))
    assert commands[-1] == End("taken")
    said = [part for command in commands[:-1] for part in getattr(command, "parts", ())]
    assert said == [SpokenText("Taken.", "en")]
    assert advance(version, saved, HungUp(100))[1] == (End("gone"),)


@pytest.mark.parametrize(
    ("content", "words"),
    [({}, "another Mercury"), ({"parts": {"order": {"steps": 1}}, "facts": {}}, "another Mercury"), (None, "reads as")],
)
def test_what_cannot_be_read_any_more_says_so(content: dict[str, object] | None, words: str) -> None:
    other = parse_flows(NEW).flows["order"]
    with pytest.raises(VersionError, match=words):
        rebuilt("order", "0123456789abcdef", kept(other) if content is None else content)
