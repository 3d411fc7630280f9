"""A message that ends with a hang-up is kept, and its result sent; time passes with music: on the real wire."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from media.audio.levels import dbfs
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.wav import read_wav, write_wav
from phones.recordings import recording
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import history, new_number
from tests.media.fakes import tone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

WAITING = "+918047110009"
FLOWS = f"""
routes: [{{number: "{WAITING}", flow: waiting}}]
flows:
  mailbox:
    languages: [en]
    outcomes: [left_message, nothing_said]
    on_hang_up: nothing_said
    gives_up: bye
    start: message
    steps:
      message:
        ask: {{en: "Leave a message."}}
        voicemail: {{into: message}}
        on_hang_up: left_message
        next: thanks
      thanks: {{say: {{en: "Thank you."}}, hang_up: left_message}}
      bye: {{say: {{en: "Goodbye."}}, hang_up: nothing_said}}
  waiting:
    languages: [en]
    outcomes: [waited]
    on_hang_up: waited
    gives_up: bye
    start: moment
    steps:
      moment: {{say: {{en: "One moment."}}, wait: 1500ms, music: tune.wav, next: ticket}}
      ticket: {{submit: {{name: waited, values: {{number: caller}}}}, next: bye, failed: bye}}
      bye: {{say: {{en: "Goodbye."}}, hang_up: waited}}
"""


@pytest.fixture
def flows(tmp_path: Path) -> str:
    write_wav(tmp_path / "tune.wav", tone(250, amplitude=6000))
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS, encoding="utf-8")
    return str(file)


def _after_tone(kept: Pcm) -> Pcm:
    """The recording without the silence that it begins and ends with."""
    piece = TELEPHONE_RATE // 50 * 2
    loud = [at for at in range(0, len(kept.samples), piece) if dbfs(kept.samples[at : at + piece]) > -45]
    return Pcm(kept.rate, kept.samples[loud[0] : loud[-1] + piece])


async def test_a_message_that_ends_with_a_hang_up_is_kept_and_sent(flows: str, own_mercury: StartMercury) -> None:
    mercury = await own_mercury({"flows": flows})
    number, phone = await mercury.callee()
    said = recording(mercury.sounds, "please-try-again")
    async with phone:
        call_id = await mercury.initiate(number, flow="mailbox", inputs={})
        await phone.answer()
        await mercury.noted(call_id, "said", utterance="beep-1", complete=True)
        await phone.play(said)
        await phone.hang_up()
    record = await mercury.ended(call_id)
    assert (record["outcome"], record["status"]) == ("left_message", "completed")
    name = record["data"]["message_recording"]
    kept = read_wav(mercury.run_dir / "recordings" / call_id / name)
    assert _after_tone(kept).duration_ms == pytest.approx(_after_tone(said).duration_ms, abs=250)
    assert dbfs(_after_tone(kept).samples) == pytest.approx(dbfs(_after_tone(said).samples), abs=3)
    (result,) = mercury.backend.results(call_id)
    assert result["verified"]
    assert result["body"]["data"]["outcome"] == "left_message"
    assert result["body"]["data"]["data"]["message_recording"] == name
    assert history(record, "caller_said")[0]["recognised_ms"] < 2000
    await mercury.is_idle()


async def test_time_passes_with_music(flows: str, own_mercury: StartMercury) -> None:
    mercury = await own_mercury({"flows": flows})
    caller = new_number()
    async with await mercury.dial(caller, to=WAITING) as phone:
        await phone.answered()
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert record["outcome"] == "waited"
    ((key, sent),) = mercury.backend.jupiter.submitted.items()
    assert key.startswith(f"{record['id']}:ticket.")
    assert (sent["name"], sent["values"]) == ("waited", {"number": caller})
    first, last = history(record, "said")
    started = history(record, "agent_started")[1]
    assert 1500 <= started["ms"] - first["ms"] < 1700
    assert last["complete"]
    tape = mercury.run_dir / "tape.wav"
    phone.write_tape(tape)
    heard = _frames_of_the_tune(tape)
    assert len(heard) * 20 == pytest.approx(1500, abs=60)
    assert max(later - earlier for earlier, later in pairwise(heard)) <= 2
    await mercury.is_idle()


def _frames_of_the_tune(tape: Path) -> list[int]:
    """Which 20 ms of what the phone heard have the tune's pitch, and hardly anything else."""
    with wave.open(str(tape)) as file:
        stereo = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    far = stereo[1::2]
    frames = far[: len(far) // 160 * 160].reshape(-1, 160)
    wave_440 = np.exp(-2j * np.pi * 440 * np.arange(160) / 8000)
    strength = 2 * np.abs(frames @ wave_440) ** 2 / 160
    total = np.sum(frames**2, axis=1)
    return [int(at) for at in np.flatnonzero((total > 1e6) & (strength > 0.9 * total))]
