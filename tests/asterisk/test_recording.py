"""A call's recording on the wire: announced, both sides in step, silent while the caller types what is private."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from phones.recordings import recording
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import history, new_number, spoken

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

BANK = "+918047110011"
FLOWS = f"""
routes: [{{number: "{BANK}", flow: bank}}]
flows:
  bank:
    languages: [en]
    outcomes: [told, left]
    on_hang_up: left
    gives_up: bye
    recording: announced
    announce: {{en: "This call is recorded."}}
    start: wish
    steps:
      wish:
        ask: {{en: "What can we do for you?"}}
        listen: {{into: wish, silence: 1s}}
        next: pin
      pin:
        ask: {{en: "Please type your four digit code now."}}
        private: true
        digits: {{into: pin, min: 4, max: 4}}
        next: bye
      bye: {{say: {{en: "Thank you. We will see to it at once. Goodbye."}}, hang_up: told}}
"""


def _voiced(side: np.ndarray) -> np.ndarray:
    """Whether each 20 ms holds more than a line's noise."""
    frames = side[: len(side) - len(side) % 160].reshape(-1, 160).astype(float)
    return np.asarray(np.sqrt((frames**2).mean(axis=1)) > 50)


async def test_both_sides_are_kept_and_what_is_private_is_not(tmp_path: Path, own_mercury: StartMercury) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS, encoding="utf-8")
    mercury = await own_mercury({"flows": str(file), "media": {"max_calls": 10, "recording_format": "flac"}})
    caller = new_number()
    async with await mercury.dial(caller, to=BANK) as phone:
        await phone.answered()
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started", utterance="wish.ask.2")
        await phone.agent_pauses()
        await phone.play(recording(mercury.sounds, "location"))
        await mercury.noted(call_id, "agent_started", utterance="pin.ask.3")
        await phone.agent_pauses()
        await phone.play(recording(mercury.sounds, "number"))
        await phone.press("1234")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert record["outcome"] == "told"
    assert spoken(record).startswith("This call is recorded.")
    assert [line["digit"] for line in history(record, "key")] == ["•"] * 4
    (closed,) = history(record, "media_closed")
    kept = closed["recording"]
    assert (kept["error"], kept["unwritten_ms"]) == ("", 0)

    (path,) = (mercury.run_dir / "recordings" / call_id).glob("call.*")
    sides, rate = soundfile.read(path, dtype="int16")
    assert (path.name, rate, len(sides)) == ("call.flac", 8000, kept["recorded_ms"] * 8)
    left, right = _voiced(sides[:, 0]), _voiced(sides[:, 1])
    silent = ~left & ~right
    runs = "".join(".#"[int(frame)] for frame in ~silent).split("#")
    private = kept["private_ms"] // 20
    assert max(map(len, runs)) >= private > 150, "from the question until the code was taken, nobody is heard"
    assert left.sum() > 20, "the caller's wish is there"
    assert right.sum() > 100, "so is the agent"
    await mercury.is_idle()


async def test_what_a_killed_mercury_left_is_put_in_its_place_at_the_next_start(
    tmp_path: Path, own_mercury: StartMercury
) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS, encoding="utf-8")
    mercury = await own_mercury({"flows": str(file)})
    caller = new_number()
    async with await mercury.dial(caller, to=BANK) as phone:
        await phone.answered()
        await phone.agent_pauses()
        folder = mercury.run_dir / "recordings" / await mercury.call_from(caller)
        await mercury.kill()
        assert [path.name for path in folder.iterdir()] == ["call.wav.part"]
        await mercury.spawn()
        await mercury.up()
    names = {path.name for path in folder.iterdir()}
    assert "call.wav" in names
    assert "call.wav.part" not in names, "the call goes on in a file of its own"
    (told,) = mercury.logged("recording.cut_short")
    sides, _ = soundfile.read(folder / "call.wav", dtype="int16")
    assert told["playable_s"] == round(len(sides) / 8000, 1)
    assert _voiced(sides[:, 1]).any()
    await mercury.is_idle()
