"""What flows are given from their files: the knowledge that they speak of, and nothing else."""

from __future__ import annotations

from pathlib import Path

from ivr_flows.commands import SpokenText
from ivr_flows.loader import load_flows

INFO = """\
knowledge:
  shop:
    where: {hear: {en: [where are you]}, say: {en: "Near the station."}}
    jingle: {hear: {en: [play it]}, say: {en: {sound: jingle.wav}}}
  menu:
    dosa: {hear: {en: [do you have dosa]}, say: {en: "We do."}}
"""
FLOWS = """\
include: [info/all.yaml]
flows:
  chat:
    languages: [en]
    outcomes: [done]
    on_hang_up: done
    gives_up: bye
    start: talk
    steps:
      talk:
        ask: {en: "What would you like to know? To end, press one."}
        converse:
          knowledge: [shop]
          exits: {end: {key: "1", next: bye}}
        next: bye
      bye: {hang_up: done}
  wrapped:
    languages: [en]
    outcomes: [over]
    on_hang_up: over
    gives_up: bye
    start: first
    steps:
      first: {run: {flow: chat, then: {done: bye}}}
      bye: {hang_up: over}
  plain:
    languages: [en]
    outcomes: [over]
    on_hang_up: over
    gives_up: bye
    start: bye
    steps: {bye: {hang_up: over}}
"""


def test_a_flow_knows_the_collections_that_its_conversations_name(tmp_path: Path) -> None:
    (tmp_path / "info").mkdir()
    (tmp_path / "info/all.yaml").write_text(INFO, encoding="utf-8")
    (tmp_path / "info/jingle.wav").touch()
    (tmp_path / "flows.yaml").write_text(FLOWS, encoding="utf-8")
    flows = load_flows(tmp_path / "flows.yaml").flows
    assert {name: set(flow.facts) for name, flow in flows.items()} == {
        "chat": {"shop"},
        "wrapped": {"shop"},
        "plain": set(),
    }
    jingle = flows["chat"].facts["shop"]["jingle"].say.line("en")[0]
    assert getattr(jingle, "sound", "") == "info/jingle.wav"


def test_facts_and_exits_are_among_what_is_said_and_rendered_before(tmp_path: Path) -> None:
    (tmp_path / "flows.yaml").write_text(INFO.replace("{sound: jingle.wav}", "La la.") + FLOWS.split("\n", 1)[1])
    chat = load_flows(tmp_path / "flows.yaml").flows["chat"]
    assert chat.examples()["fact:shop/where"] == {"en": ("where are you",)}
    said = [part.text for say in chat.fixed_prompts() for part in say.parts if isinstance(part, SpokenText)]
    assert {"Near the station.", "La la."} <= set(said)


def test_the_hash_is_also_of_what_the_flow_knows(tmp_path: Path) -> None:
    hashes = []
    (tmp_path / "info").mkdir()
    (tmp_path / "info/jingle.wav").touch()
    (tmp_path / "flows.yaml").write_text(FLOWS, encoding="utf-8")
    for told in ("Near the station.", "Near the temple.", "Near the station."):
        (tmp_path / "info/all.yaml").write_text(INFO.replace("Near the station.", told), encoding="utf-8")
        hashes.append({name: flow.hash for name, flow in load_flows(tmp_path / "flows.yaml").flows.items()})
    assert hashes[0] == hashes[2]
    assert {name for name in hashes[0] if hashes[0][name] != hashes[1][name]} == {"chat", "wrapped"}
