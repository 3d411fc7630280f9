"""Engines are replaced while calls go on: a call ends with the voice that it began with, the next one has the new."""

from __future__ import annotations

import asyncio
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from phones.phone import Phone
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, new_number, until

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

FLOWS = """
routes:
  - {any: true, flow: order}
flows:
  order:
    languages: [en]
    outcomes: [told, gone]
    on_hang_up: gone
    gives_up: bye
    start: minutes
    steps:
      minutes:
        ask: {en: "In how many minutes will the whole order be ready for the rider? Type them, then hash."}
        digits: {into: ready_in, type: minutes, max: 2, ends_with: "#"}
        next: told
      told:
        say: {en: "Then we tell the rider to come for your order in {{ ready_in }} minutes from now."}
        hang_up: told
      bye: {say: {en: "Good bye."}, hang_up: gone}
"""
LOW, HIGH = "en-us", "en-us+f5"
BETWEEN_HZ = 150
"""espeak-ng's en-us has a pitch of about 100 Hz, its variant f5 of about 200."""


def engines(model: str, voice: str, **more: Any) -> dict[str, Any]:
    """The settings' section, with one voice of a name of its own."""
    return {"synthesisers": [model], "models": {model: {"engine": "espeak-ng", "voices": {"en": voice}}}, **more}


def workers(mercury: Mercury) -> int:
    """How many processes speak for it."""
    return sum("media.tts.espeak_worker" in line for line in _children(mercury.pid))


def _children(pid: int) -> list[str]:
    pids = [pid for task in Path(f"/proc/{pid}/task").glob("*/children") for pid in task.read_text().split()]
    files = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    return [file.read_bytes().decode() for file in files if file.exists()]


def edit(mercury: Mercury, chosen: dict[str, Any]) -> None:
    file = mercury.run_dir / "mercury.yaml"
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**values, "engines": chosen}), encoding="utf-8")


async def reload(mercury: Mercury) -> tuple[int, str]:
    """`mercury engines reload`: its status, and what it says."""
    arguments = ["engines", "reload", "--settings", str(mercury.run_dir / "mercury.yaml")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ari_app", *arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(40):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


def heard(phone: Phone, file: Path) -> bytes:
    """All that the phone heard so far: 8 kHz, 16 bits."""
    phone.write_tape(file)
    with wave.open(str(file)) as tape:
        both = np.frombuffer(tape.readframes(tape.getnframes()), "<i2")
    return both[1::2].tobytes()


def pitch_hz(audio: bytes) -> float:
    """The median of its voiced passages of 80 ms, by their autocorrelation."""
    samples = np.frombuffer(audio, "<i2").astype(np.float64)
    found = [hz for start in range(0, len(samples) - 640, 320) if (hz := _pitch_hz(samples[start : start + 640]))]
    assert len(found) > 10, f"expected speech, found {len(found)} voiced passages"
    return float(np.median(found))


def _pitch_hz(passage: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    passage = passage - passage.mean()
    power = float(passage @ passage)
    if power < 640 * 500**2:
        return 0.0
    likeness = np.correlate(passage, passage, "full")[len(passage) - 1 :] / power
    period = 26 + int(likeness[26:114].argmax())
    return 8000 / period if likeness[period] > 0.5 else 0.0


async def test_a_call_ends_with_the_voice_that_it_began_with(own_mercury: StartMercury, tmp_path: Path) -> None:
    flows, tape = tmp_path / "flows.yaml", tmp_path / "tape.wav"
    flows.write_text(FLOWS, encoding="utf-8")
    mercury = await own_mercury({"flows": str(flows), "engines": engines("calm", LOW)})
    each = workers(mercury)
    assert each > 0

    async with await mercury.dial(first := new_number()) as phone:
        await phone.answered()
        await phone.agent_pauses()
        question = heard(phone, tape)
        assert pitch_hz(question) < BETWEEN_HZ
        old_call = await mercury.call_from(first)

        edit(mercury, engines("bright", HIGH))
        status, told = await reload(mercury)
        assert status == 0, told
        assert f"generation 1 (leaving): 1 calls, the longest is {old_call}" in told
        assert "generation 2 (current): 0 calls" in told
        assert workers(mercury) == 2 * each

        async with await mercury.dial(second := new_number()) as other:
            await other.answered()
            await other.agent_pauses()
            assert pitch_hz(heard(other, tape)) > BETWEEN_HZ
            await other.press("15#")
            assert (await other.ended()).by == "far"

        await phone.press("20#")
        assert (await phone.ended()).by == "far"
        goodbye = heard(phone, tape)[len(question) :]
        assert pitch_hz(goodbye) < BETWEEN_HZ

    async def only_the_new() -> bool:
        return workers(mercury) == each

    await until(only_the_new, "the old voice's workers to be gone")
    records = [await mercury.ended(old_call), await mercury.ended(await mercury.call_from(second))]
    assert [record["outcome"] for record in records] == ["told", "told"]
    (left,) = mercury.logged("engines.left")
    assert (left["generation"], left["closed"]) == (1, ["synthesiser calm"])
    assert mercury.errors() == []

    edit(mercury, engines("calm", LOW, memory={"ram_mib": 300}))
    status, told = await reload(mercury)
    assert status == 1
    assert "synthesiser bright (generation 2, current)" in told
    assert "The engines of before stay" in told
    async with await mercury.dial() as third:
        await third.answered()
        await third.agent_pauses()
        assert pitch_hz(heard(third, tape)) > BETWEEN_HZ
    await mercury.is_idle()
