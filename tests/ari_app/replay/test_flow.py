"""The flow's side of a flight log: replayed by the interpreter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ari_app.calls.flight import CallFlight
from ari_app.replay.flow import flow_of, masked, replay_flow
from ivr_flows.events import Digit, Silence
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import parse_flows
from media.flight.format import FlightError
from media.flight.reader import read_flight
from media.flight.records import Flight, Note
from tests.ari_app.replay.calls import FLOWS, a_call, flow
from tests.media.flight.flights import Tape
from tests.virtual_time import virtual_time


async def a_flight(folder: Path, *, words: bool = True) -> Flight:
    return read_flight((await a_call(flow(folder), words=words)).data)


def changed(flight: Flight, **facts: object) -> Flight:
    """The log with these facts in the first event's note."""
    index = next(n for n, one in enumerate(flight.records) if isinstance(one, Note) and one.kind == "advanced")
    note = flight.records[index]
    assert isinstance(note, Note)
    tampered = replace(note, facts={**note.facts, **facts})
    return replace(flight, records=(*flight.records[:index], tampered, *flight.records[index + 1 :]))


@virtual_time
async def test_the_interpreter_comes_to_the_same_commands(tmp_path: Path) -> None:
    shop = flow(tmp_path)
    flight = await a_flight(tmp_path)
    assert flow_of(flight) == ("shop", shop.hash)
    replayed = replay_flow(flight, shop)
    assert (replayed.events, replayed.difference, replayed.incomplete) == (3, None, "")


@virtual_time
async def test_another_answer_leads_elsewhere_and_is_told(tmp_path: Path) -> None:
    flight = await a_flight(tmp_path)
    given = {"at_ms": 1700, "text": "no", "confidence": 0.9, "guesses": [{"option": "reject", "confidence": 0.97}]}
    difference = replay_flow(changed(flight, given=given), flow(tmp_path)).difference
    assert difference is not None
    assert difference.what == "Speech at ask"
    assert "Wait at take" in difference.logged
    assert "End at bye" in difference.replayed


@virtual_time
async def test_a_change_within_a_session_is_seen_though_the_commands_are_the_same(tmp_path: Path) -> None:
    flight = await a_flight(tmp_path)
    assert replay_flow(changed(flight, session="0" * 16), flow(tmp_path)).difference is not None


@virtual_time
async def test_without_words_there_is_nothing_to_replay_and_that_is_said(tmp_path: Path) -> None:
    tape = await a_call(flow(tmp_path), words=False)
    flight = read_flight(tape.data)
    assert masked(flight)
    assert "masked" in replay_flow(flight, flow(tmp_path)).incomplete
    for secret in (b"+919800000001", b"accept", b'"7"', b"yes"):
        assert secret not in tape.data


@virtual_time
async def test_what_follows_a_private_answer_is_not_replayed_and_that_is_said(tmp_path: Path) -> None:
    shop, tape = flow(tmp_path), Tape(words=True)
    log = CallFlight(tape.log)
    session, commands = start(shop, {})
    log.began(session, commands)
    for private, event in ((False, Silence(1)), (True, Digit(2, "1"))):
        tape.log.private = private
        session, commands = advance(shop, session, event)
        log.advanced(event, session, commands)
    replayed = replay_flow(tape.flight(), shop)
    assert (replayed.events, replayed.difference) == (1, None)
    assert replayed.incomplete == "what was answered at ask is private, and not in the log"
    assert [{"given", "session", "asked"} & set(note.facts) for note in tape.flight().notes("advanced")][1] == set()


@virtual_time
async def test_another_version_of_the_flow_is_refused(tmp_path: Path) -> None:
    flight = await a_flight(tmp_path)
    other = parse_flows(FLOWS.replace("Goodbye", "Bye")).flows["shop"]
    with pytest.raises(FlightError, match="expected a session of shop"):
        replay_flow(flight, other)


@virtual_time
async def test_an_event_that_is_not_known_is_refused(tmp_path: Path) -> None:
    flight = await a_flight(tmp_path)
    with pytest.raises(FlightError, match="event Whistled is another Mercury's"):
        replay_flow(changed(flight, event="Whistled"), flow(tmp_path))
