"""Scenarios of paths: well-formed, with the moves and pauses of the path, and a word on what they need."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ivr_flows.loader import parse_flows
from ivr_flows.paths import explore
from ivr_flows.paths.tracing import shown
from ivr_flows.sipp import SILENCE_FILE, Scenario, scenario
from tests.ivr_flows.cases.test_runner import FLOWS


def written(path: str, *, called: bool = False) -> Scenario:
    flow = parse_flows(FLOWS).flows["shop"]
    found, walk = next(each for each in explore(flow, {"vendor": "Asha"}).paths.items() if shown(each[0]) == path)
    return scenario(flow, found, walk, called=called, caller="+919812345678")


def pauses(made: Scenario) -> list[int]:
    return [int(found) for found in re.findall(r'<pause milliseconds="(\d+)"', made.xml)]


def test_keys_go_as_events_while_the_stream_rests() -> None:
    made = written("menu (answered) > save (committed) = saved")
    scene = ElementTree.fromstring(made.xml)  # noqa: S314 - our own text
    actions = [dict(action.attrib) for action in scene.iter("exec")]
    assert actions == [
        {"rtp_stream": f"{SILENCE_FILE},-1,8,PCMA/8000"},
        {"rtp_stream": "pause"},
        {"play_dtmf": "2,200,101"},
        {"rtp_stream": "resume"},
    ]
    assert made.sounds.keys() == {SILENCE_FILE}
    assert "INVITE sip:[service]@" in made.xml
    assert "<sip:+919812345678@" in made.xml
    assert 'recv request="BYE"' in made.xml


def test_pauses_last_as_long_as_the_prompts_and_silences() -> None:
    made = written("menu (no input) > bye = told")
    prompt_ms = len("Hello Asha. Press one.") * 65
    assert pauses(made)[0] == prompt_ms + 500
    assert len(pauses(made)) == 2 * 3 - 1
    assert all(pause > 5000 for pause in pauses(made)[1::2])


def test_the_end_is_waited_for_as_long_as_the_last_silence_takes() -> None:
    prompt_ms = len("Bye.") * 65
    made = written("menu (no input) > bye = told")
    assert f'<recv request="BYE" timeout="{5000 + prompt_ms + 60_000}"/>' in made.xml
    late = written("menu (time up) > bye = told")
    assert "<!-- The time is up before the caller does anything" in late.xml


def test_the_caller_hangs_up() -> None:
    made = written("menu (hung up) = hung_up")
    assert "BYE [next_url]" in made.xml
    assert 'recv request="BYE"' not in made.xml


def test_what_is_said_is_asked_for() -> None:
    made = written("menu (no match) > bye = told")
    assert not made.missing
    flow = parse_flows(FLOWS).flows["shop"]
    found = explore(flow, {"vendor": "Asha"})
    walk = next(walk for way, walk in found.ways.items() if way.answer == "says one")
    spoken = scenario(flow, next(iter(found.paths)), walk)
    assert spoken.missing == {"words-1.alaw": "hours"}
    assert "words-1.alaw,1,8,PCMA/8000" in spoken.xml


def test_what_the_path_needs_of_the_world_is_told() -> None:
    made = written("menu (answered) > hours (failed) > away = away")
    assert "<!-- It begins with: {inputs: {vendor: Asha}, language: en} -->" in made.xml
    assert "<!-- On the way: {lookup: {hours: failed}} -->" in made.xml


def test_one_that_is_called() -> None:
    made = written("menu (hung up) = hung_up", called=True)
    tags = [child.tag for child in ElementTree.fromstring(made.xml)]  # noqa: S314 - our own text
    assert tags[0] == "recv"
    assert tags[-1] == "Reference"
    assert "INVITE sip:" not in made.xml


@pytest.mark.parametrize("caller", ["", "a]b", "a b", "x" * 41])
def test_a_caller_that_can_t_be_written(caller: str) -> None:
    flow = parse_flows(FLOWS).flows["shop"]
    path, walk = next(iter(explore(flow, {"vendor": "Asha"}).paths.items()))
    with pytest.raises(ValueError, match="expected a caller of letters"):
        scenario(flow, path, walk, caller=caller)
