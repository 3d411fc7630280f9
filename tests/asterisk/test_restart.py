"""A Mercury that is killed while it has calls: its supervisor starts it again, and each call goes on where it was.

What phones hear is taken from their RTP: music of Asterisk's own until Mercury is back, then the question again. The
figures are in build/survival.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk.process import running_pid
from media.audio.wav import write_wav
from phones.phone import Phone
from tests.asterisk.conftest import StartMercury
from tests.asterisk.killed_after_decision import MARK
from tests.asterisk.mercury import Mercury, history, new_number, spoken, until
from tests.asterisk.survival_report import keep
from tests.media.fakes import tone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
_SILENCE_S = 5.0
"""Longest silence that a caller may hear, on a machine however busy: without the music it is as long as the start."""
_BACK_S = 90.0
QUESTION, PROMPT, HOLD, TRANSFER = (f"+91800000000{number}" for number in range(1, 5))
PERSON = "+919845000020"
_ASKS = """
      more:
        ask: {en: "Press one to end this call, please."}
        no_input: {after: 60s}
        options: {end: {key: "1", next: bye}}
      bye: {say: {en: "Goodbye."}, hang_up: served}
"""
_STARTS: Mapping[str, str] = {
    QUESTION: "first: {say: {en: Hello.}, next: more}",
    PROMPT: f"first: {{say: {{en: {'This is a long announcement. ' * 12}}}, next: more}}",
    HOLD: "first: {wait: 60s, music: tune.wav, next: more}",
    TRANSFER: f'first: {{transfer: {{to: "{PERSON}", music: tune.wav, ring: 30s}}, next: more, failed: bye}}',
}


def _flows(folder: Path) -> Path:
    write_wav(folder / "tune.wav", tone(1000, hertz=440))
    routes = [f'  - {{number: "{number}", flow: flow{number[-1]}}}' for number in _STARTS]
    flows = [
        f"  flow{number[-1]}:\n    languages: [en]\n    outcomes: [served, left]\n    on_hang_up: left\n"
        f"    gives_up: bye\n    start: first\n    steps:\n      {first}{_ASKS}"
        for number, first in _STARTS.items()
    ]
    file = folder / "flows.yaml"
    file.write_text("\n".join(("routes:", *routes, "flows:", *flows)), encoding="utf-8")
    return file


def longest_silence_s(voiced: Sequence[float], since: float, until: float) -> float:
    """The longest time without a sound."""
    sounds = [since, *(at for at in voiced if since < at < until), until]
    return max(later - earlier for earlier, later in itertools.pairwise(sounds))


@dataclass
class Kept:
    """A call that lived through the kill."""

    mercury: Mercury
    phone: Phone
    call_id: str

    async def talks_again(self, killed_at: float) -> dict[str, float]:
        """Wait for Mercury's words (or music); when they came, and the longest silence until then, in seconds."""
        resumed = await self.mercury.noted(self.call_id, "resumed", timeout_s=_BACK_S)

        async def look() -> dict[str, Any] | None:
            record = await self.mercury.record(self.call_id)
            lines = [*history(record, "agent_started"), *history(record, "pause")]
            return next((line for line in lines if line["ms"] > resumed["ms"]), None)

        await until(look, "words after the restart", 30)
        back_at = time.time()
        await self.phone.pause(0.5)
        silence_s = longest_silence_s(self.phone.trace().far_voiced, killed_at, back_at + 0.3)
        return {"back_s": round(back_at - killed_at, 2), "longest_silence_s": round(silence_s, 2)}


async def _caller(mercury: Mercury, to: str, stack: AsyncExitStack) -> Kept:
    phone = await stack.enter_async_context(await mercury.dial(caller := new_number(), to=to))
    await phone.answered()
    return Kept(mercury, phone, await mercury.call_from(caller))


async def _ends(kept: Kept) -> None:
    await kept.phone.press("1")
    assert (await kept.phone.ended()).by == "far"
    record = await kept.mercury.ended(kept.call_id)
    assert (record["status"], record["outcome"]) == ("completed", "served")


async def test_every_call_goes_on_where_it_was(own_mercury: StartMercury, tmp_path: Path) -> None:
    """In a question, in a prompt, in hold music, in a talk with a person; and one whose phone still rings."""
    mercury = await own_mercury({"flows": str(_flows(tmp_path)), "dialer": {"ring_s": 120}}, supervised=True)
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(
            await Phone.listen(mercury.line, sip_port=mercury.ports[PERSON], name=PERSON)
        )
        talks = await _caller(mercury, TRANSFER, stack)
        await person.answer()
        await mercury.noted(talks.call_id, "talk_began")
        question, prompt, hold = [await _caller(mercury, number, stack) for number in (QUESTION, PROMPT, HOLD)]
        number, ringing = await mercury.callee()
        await stack.enter_async_context(ringing)
        rings = await mercury.initiate(number, "flow1", inputs={})
        await ringing.invited()
        await ringing.ring()
        await question.phone.agent_starts()
        await question.phone.agent_pauses(silence_ms=1000)

        killed_at = time.time()
        await mercury.crash()
        figures = {
            name: await kept.talks_again(killed_at)
            for name, kept in (("question", question), ("prompt", prompt), ("hold", hold))
        }
        keep("restart", figures)
        await ringing.pick_up()
        await mercury.noted(talks.call_id, "transfer_resumed", timeout_s=_BACK_S)
        assert talks.phone.end is None
        assert person.end is None
        await person.hang_up()
        await mercury.noted(talks.call_id, "agent_started", timeout_s=20)
        await ringing.agent_starts()
        outbound = Kept(mercury, ringing, rings)
        for kept in (question, prompt, talks, outbound):
            await _ends(kept)
        await hold.phone.hang_up()
        assert (await mercury.ended(hold.call_id))["outcome"] == "left"
        record = await mercury.record(rings)
    assert len(history(record, "resumed")) == 1
    assert len(mercury.backend.results(rings)) == 1
    assert [each for each in figures.values() if each["longest_silence_s"] > _SILENCE_S] == []
    await mercury.is_idle()


async def test_what_was_decided_is_told_and_not_asked_again(
    own_mercury: StartMercury, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kill comes between the decision's commit and the words."""
    monkeypatch.setenv(MARK, str(tmp_path / "killed"))
    mercury = await own_mercury(program=("tests.asterisk.killed_after_decision",), supervised=True)
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.agent_starts()
        before = mercury.pid
        await phone.press("125#")
        await mercury.restarted(before)
        await mercury.noted(call_id, "resumed", timeout_s=_BACK_S)
        assert (await phone.ended(_BACK_S)).by == "far"
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"], record["data"]["ready_in"]) == ("completed", "confirmed", 25)
    assert len(mercury.backend.results(call_id)) == 1
    resumed_ms = history(record, "resumed")[0]["ms"]
    said = [line["text"] for line in history(record, "said") if line["ms"] > resumed_ms]
    assert "ready in 25 minutes" in " ".join(said)
    assert [text for text in said if "press" in text.lower()] == []
    assert spoken(record).count("ready in 25 minutes") == 1


async def _in_question(mercury: Mercury, stack: AsyncExitStack, calls: int) -> list[Kept]:
    kept = await asyncio.gather(*(_caller(mercury, QUESTION, stack) for _ in range(calls)))
    await asyncio.gather(*(each.phone.agent_starts() for each in kept))
    return kept


@pytest.mark.slow
async def test_twenty_calls_go_on(own_mercury: StartMercury, tmp_path: Path) -> None:
    mercury = await own_mercury({"flows": str(_flows(tmp_path))}, supervised=True)
    async with AsyncExitStack() as stack:
        calls = await _in_question(mercury, stack, 20)
        killed_at = time.time()
        await mercury.crash()
        figures = await asyncio.gather(*(each.talks_again(killed_at) for each in calls))
        for kept in calls:
            await _ends(kept)
    most = {name: max(each[name] for each in figures) for name in figures[0]}
    keep("restart-20", {"calls": len(figures), **{f"most {name}": figure for name, figure in most.items()}})
    assert most["longest_silence_s"] < _SILENCE_S
    await mercury.is_idle()


@pytest.mark.slow
async def test_asterisk_is_killed_with_twenty_calls(own_mercury: StartMercury, tmp_path: Path) -> None:
    mercury = await own_mercury({"flows": str(_flows(tmp_path))})
    async with AsyncExitStack() as stack:
        calls = await _in_question(mercury, stack, 20)
        pid = running_pid(mercury.run_dir / "asterisk")
        assert pid
        killed_at = time.time()
        os.kill(pid, signal.SIGKILL)
        records = [await mercury.ended(each.call_id) for each in calls]
        ended_s = time.time() - killed_at

        async def serves() -> bool:
            return bool((await mercury.health())["ok"])

        await until(serves, "an Asterisk that runs again", 60)
        keep("asterisk-killed-20", {"ended_s": round(ended_s, 2), "again_s": round(time.time() - killed_at, 2)})
        for each in calls:
            each.phone.send_rtp(on=False)
        after = await _caller(mercury, QUESTION, stack)
        await _ends(after)
    assert {(each["status"], each["outcome"], each["cause"]) for each in records} == {("completed", "left", 27)}
    await mercury.is_idle()
