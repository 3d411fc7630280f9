"""The picture of a call is an SVG that any browser takes, whatever was said."""

from __future__ import annotations

import re
import struct
import wave
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.replay.envelope import Envelope, RecordingError, from_log, from_recording
from ari_app.replay.picture import ROW_HEIGHT, picture
from media.flight.reader import read_flight
from media.flight.story import STAGES, Mark, Said, Story, Turn, story
from tests.ari_app.replay.calls import a_call, flow
from tests.virtual_time import virtual_time

SVG = "{http://www.w3.org/2000/svg}"


async def a_story(folder: Path, seconds: float = 0.0) -> Story:
    return story(read_flight((await a_call(flow(folder), seconds=seconds)).data))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


def rects(svg: str, kind: str) -> int:
    return len(re.findall(f'<rect class="{kind}"', svg))


@virtual_time
async def test_it_shows_who_spoke_turns_cuts_and_latencies(tmp_path: Path) -> None:
    call = await a_story(tmp_path)
    svg = picture(call, from_log(call))
    shown = texts(svg)
    assert shown[0] == "call_<1>  inbound shop (en)"
    assert "completed: unknown" in shown[1]
    assert "1: yes" in shown
    assert "Do you want <b>&amp; take the order?" in svg.replace("&lt;", "<").replace("&gt;", ">")
    assert any(re.fullmatch(r"\d+ ms = \d+ \+ \d+ \+ \d+ \+ \d+", text) for text in shown)
    assert "key 7" in shown
    assert rects(svg, "said") == len(call.agent)
    assert rects(svg, "turn") == len(call.turns) == 1
    assert svg.count('class="cut"') == 1
    assert {"caller", "agent"} <= {element.get("class") for element in ElementTree.fromstring(svg).iter(f"{SVG}path")}  # noqa: S314 - ours


@virtual_time
async def test_a_long_call_goes_on_in_rows_of_half_a_minute(tmp_path: Path) -> None:
    short, long = await a_story(tmp_path), await a_story(tmp_path, 70)
    heights = [
        float(ElementTree.fromstring(picture(call, from_log(call))).get("height") or 0)  # noqa: S314 - ours
        for call in (short, long)
    ]
    assert heights[1] - heights[0] == pytest.approx(2 * ROW_HEIGHT, abs=1)


@virtual_time
async def test_every_stage_that_a_call_measured_of_a_turn_has_its_place(tmp_path: Path) -> None:
    call = await a_story(tmp_path)
    measured = replace(call.turns[0], stages=tuple((name, 100.0) for name in STAGES.values()))
    drawn = picture(replace(call, turns=(measured,)), from_log(call))
    assert [f"<title>{name} 100 ms</title>" in drawn for name in STAGES.values()] == [True] * len(STAGES)
    assert "600 ms = 100 + 100 + 100 + 100 + 100 + 100" in drawn


@given(st.text(alphabet=st.characters(), max_size=40), st.floats(0, 100), st.floats(0, 5))
def test_any_text_at_any_place_leaves_it_well_formed(text: str, at: float, lasts: float) -> None:
    call = Story(
        call={"id": text, "flow": text},
        end={"status": text, "outcome": text},
        statistics={},
        start=0.0,
        talk_start=0.0,
        length=at + lasts,
        voice=(),
        turns=(Turn(at, at + lasts, at + lasts, at + lasts, text, 0.5, text),),
        agent=(Said(at, at + lasts, text, complete=False),),
        pauses=(),
        listening=(),
        marks=(Mark(at, "trouble", text),),
        caller_levels=(),
        agent_levels=(),
    )
    ElementTree.fromstring(picture(call, Envelope(np.ones(10), np.ones(10))))  # noqa: S314 - ours


@virtual_time
async def test_the_waves_are_those_of_the_recording_where_it_was_kept(tmp_path: Path) -> None:
    call = await a_story(tmp_path)
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<hh", 0, 0) * 160 + struct.pack("<hh", -16384, 8192) * 160)
    envelope = from_recording(call, path)
    first = round(call.talk_start / 0.02)
    assert envelope.caller[first : first + 3].tolist() == [0.0, 0.5, 0.0]
    assert envelope.agent[first : first + 3].tolist() == [0.0, 0.25, 0.0]


@virtual_time
async def test_a_recording_that_is_none_is_told(tmp_path: Path) -> None:
    call = await a_story(tmp_path)
    (tmp_path / "call.wav").write_bytes(b"nothing")
    with pytest.raises(RecordingError, match=r"call\.wav: expected a recording"):
        from_recording(call, tmp_path / "call.wav")
