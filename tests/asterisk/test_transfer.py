"""A caller is handed to a person: asked with a whisper or not, and everything that can go wrong, on the real wire."""

from __future__ import annotations

import asyncio
import logging
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import yaml

from ari_app.ops.asterisk import Installation
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.wav import write_wav
from phones.measure import percentile
from phones.phone import Phone
from tests.asterisk.conftest import Apart
from tests.asterisk.mercury import Mercury, new_number, spoken
from tests.media.fakes import tone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

MUSIC, WHISPER, CALLER, PERSON = 440, 1400, 700, 1000
"""What is heard of each, in hertz."""
AT_ONCE = 5
MEASURED = 5
_log = logging.getLogger(__name__)
FLOW = """
  {name}:
    languages: [en]
    inputs: {{person: phone}}
    outcomes: [over, nobody, left]
    on_hang_up: left
    gives_up: bye
    start: person
    steps:
      person:
        transfer: {{to: person, {how}, ring: 5s, music: tune.wav}}
        on_hang_up: left
        next: more
        failed: nobody
      more:
        ask: {{en: "Press one to end."}}
        options: {{end: {{key: "1", next: bye}}}}
      bye: {{say: {{en: "Goodbye."}}, hang_up: over}}
      nobody: {{say: {{en: "Nobody is there."}}, hang_up: nobody}}
"""
HOWS = {
    "attended": 'whisper: {en: {sound: whisper.wav}}, accept: "1"',
    "blind": "longest: 1h",
    "short": "longest: 2s",
}


def _flows(folder: Path, people: list[str]) -> Path:
    write_wav(folder / "tune.wav", tone(1000, hertz=MUSIC))
    write_wav(folder / "whisper.wav", tone(600, hertz=WHISPER))
    routes = [
        f'  - {{number: "{_number(how, index)}", flow: {how}, inputs: {{person: "{person}"}}}}'
        for how in HOWS
        for index, person in enumerate(people)
    ]
    flows = [FLOW.format(name=name, how=how) for name, how in HOWS.items()]
    file = folder / "flows.yaml"
    file.write_text("\n".join(("routes:", *routes, "flows:", *flows)), encoding="utf-8")
    return file


def _number(how: str, index: int) -> str:
    return f"+91804711{list(HOWS).index(how)}{index:03d}"


@dataclass
class Pair:
    """A caller, and the person whom they are handed to."""

    mercury: Mercury
    caller: Phone
    person: Phone
    call_id: str

    async def taken(self) -> None:
        """The person answers, hears what it is about, and takes the call."""
        await self.person.answer(ring_s=0.1)
        await self.person.agent_starts()
        await self.person.agent_pauses(silence_ms=300)
        await self.person.press("1")
        await self.noted("talk_began")

    async def noted(self, kind: str) -> dict[str, Any]:
        return await self.mercury.noted(self.call_id, kind)

    async def outcome(self) -> str:
        return str((await self.mercury.ended(self.call_id))["outcome"])

    async def nobody(self, reason: str) -> None:
        """The transfer failed for this reason, and the flow went on to say so."""
        assert (await self.noted("transfer_ended"))["reason"] == reason
        assert (await self.caller.ended()).by == "far"
        record = await self.mercury.ended(self.call_id)
        assert (record["outcome"], spoken(record)) == ("nobody", "Nobody is there.")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mercury]:
    folder = tmp_path_factory.mktemp("transfer")
    mercury = Mercury(folder, installation, {"flows": str(folder / "flows.yaml")})
    _flows(folder, list(mercury.ports)[:AT_ONCE])
    try:
        await mercury.open()
        yield mercury
    finally:
        await mercury.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(shop: Mercury) -> AsyncIterator[Mercury]:
    """After each test nothing is left of its calls, and no error is in the log."""
    before = len(shop.errors())
    yield shop
    await shop.is_idle()
    assert shop.errors()[before:] == []


@asynccontextmanager
async def pair(mercury: Mercury, how: str = "attended", index: int = 0) -> AsyncIterator[Pair]:
    """A caller who has been answered, and a person whose phone has been called."""
    number = list(mercury.ports)[index]
    person = await Phone.listen(mercury.line, sip_port=mercury.ports[number], name=number)
    async with person, await mercury.dial(caller := new_number(), to=_number(how, index)) as phone:
        await phone.answered()
        await person.invited()
        yield Pair(mercury, phone, person, await mercury.call_from(caller))


def _heard(phone: Phone, folder: Path, hertz: int) -> float:
    """Seconds in which a phone heard a tone."""
    file = folder / f"{phone.name}.wav"
    phone.write_tape(file)
    with wave.open(str(file)) as tape:
        both = np.frombuffer(tape.readframes(tape.getnframes()), "<i2").reshape(-1, 2)
    far = both[:, 1].astype(float)
    pieces = far[: len(far) // 400 * 400].reshape(-1, 400)
    wave_ = np.exp(-2j * np.pi * hertz * np.arange(400) / TELEPHONE_RATE)
    return float(np.count_nonzero(np.abs(pieces @ wave_) / 200 > 1000)) * 0.05


def _say(hertz: int, ms: int = 600) -> Pcm:
    return Pcm(TELEPHONE_RATE, tone(ms, hertz=hertz))


async def test_a_person_takes_the_call_talks_and_leaves_and_the_flow_goes_on(desk: Mercury, tmp_path: Path) -> None:
    async with pair(desk) as two:
        await two.caller.agent_starts()
        await two.taken()
        await asyncio.gather(two.caller.play(_say(CALLER)), two.person.play(_say(PERSON)))
        await two.person.press("11")
        await two.caller.press("1")
        await two.caller.pause(0.3)
        await two.person.hang_up()
        await two.caller.agent_starts()
        await two.caller.agent_pauses()
        await two.caller.press("1")
        assert (await two.caller.ended()).by == "far"
        assert _heard(two.caller, tmp_path, MUSIC) > 0.3
        assert _heard(two.caller, tmp_path, PERSON) > 0.45
        assert _heard(two.caller, tmp_path, WHISPER) <= 0.1, "more than speech has of it"
        assert _heard(two.person, tmp_path, WHISPER) > 0.2
        assert _heard(two.person, tmp_path, CALLER) > 0.45
        assert _heard(two.person, tmp_path, MUSIC) == 0
    record = await desk.ended(two.call_id)
    assert (record["outcome"], spoken(record)) == ("over", "Press one to end. Goodbye.")
    over = await two.noted("transfer_ended")
    assert over["reason"] == "left"
    assert 800 < over["talked_ms"] < 5000


async def test_to_answer_is_to_take_a_blind_transfer(desk: Mercury, tmp_path: Path) -> None:
    async with pair(desk, "blind") as two:
        await two.person.answer(ring_s=0.3)
        await two.noted("talk_began")
        await asyncio.gather(two.caller.play(_say(CALLER)), two.person.play(_say(PERSON)))
        await two.caller.hang_up()
        assert (await two.person.ended()).by == "far"
        assert _heard(two.caller, tmp_path, PERSON) > 0.45
        assert _heard(two.person, tmp_path, CALLER) > 0.45
    assert await two.outcome() == "left"


@pytest.mark.parametrize(("status", "reason"), [(486, "busy"), (603, "declined"), (480, "no_answer")])
async def test_a_person_who_does_not_answer(desk: Mercury, status: int, reason: str) -> None:
    async with pair(desk) as two:
        await two.person.refuse(status)
        await two.nobody(reason)


async def test_nobody_answers_in_time(desk: Mercury) -> None:
    async with pair(desk) as two:
        await two.person.ring()
        await two.nobody("no_answer")
        assert (await two.person.ended()).how == "cancel"


async def test_a_person_who_hears_what_it_is_about_and_hangs_up(desk: Mercury) -> None:
    async with pair(desk) as two:
        await two.person.answer()
        await two.person.agent_starts()
        await two.person.press("2")
        await two.person.hang_up()
        await two.nobody("declined")


async def test_a_caller_who_leaves_while_the_phone_rings(desk: Mercury) -> None:
    async with pair(desk) as two:
        await two.person.ring()
        began = time.monotonic()
        await two.caller.hang_up()
        assert (await two.person.ended()).how == "cancel"
        assert time.monotonic() - began < 1.5
    assert await two.outcome() == "left"


async def test_a_caller_who_leaves_while_the_person_is_asked(desk: Mercury) -> None:
    async with pair(desk) as two:
        await two.person.answer()
        await two.person.agent_starts()
        await two.caller.hang_up()
        assert (await two.person.ended()).by == "far"
    assert await two.outcome() == "left"


async def test_the_longest_talk_ends_the_person_and_not_the_caller(desk: Mercury) -> None:
    async with pair(desk, "short") as two:
        await two.person.answer()
        assert (await two.person.ended()).by == "far"
        await two.caller.agent_starts()
        await two.caller.agent_pauses()
        await two.caller.press("1")
        await two.caller.ended()
    assert await two.outcome() == "over"


async def test_the_caller_s_media_may_rest_longer_than_their_loss_takes(desk: Mercury) -> None:
    async with pair(desk, "blind") as two:
        await two.person.answer()
        await two.noted("talk_began")
        await two.caller.pause(desk.settings.media.lost_after_s + 1)
        await two.person.hang_up()
        await two.caller.agent_starts()
        await two.caller.agent_pauses()
        await two.caller.press("1")
        await two.caller.ended()
    assert await two.outcome() == "over"


async def test_five_at_once(desk: Mercury, tmp_path: Path) -> None:
    async def one(index: int) -> str:
        async with pair(desk, index=index) as two:
            await two.taken()
            await asyncio.gather(two.caller.play(_say(CALLER)), two.person.play(_say(PERSON)))
            await two.person.hang_up()
            await two.caller.agent_starts()
            await two.caller.agent_pauses()
            await two.caller.press("1")
            await two.caller.ended()
            assert _heard(two.caller, tmp_path, PERSON) > 0.45
            assert _heard(two.person, tmp_path, CALLER) > 0.45
        return await two.outcome()

    assert await asyncio.gather(*(one(index) for index in range(AT_ONCE))) == ["over"] * AT_ONCE


async def test_they_hear_each_other_within_200_ms_of_the_key(desk: Mercury) -> None:
    """The caller speaks all the time. `pytest --log-cli-level=INFO` shows the figures."""
    heard_ms = []
    for _ in range(MEASURED):
        async with pair(desk) as two:
            await two.person.answer()
            await two.person.agent_starts()
            await two.person.agent_pauses()
            speaking = asyncio.ensure_future(two.caller.play(_say(CALLER, 2500)))
            await two.person.press("1")
            await two.person.agent_starts()
            await speaking
            await two.caller.hang_up()
            await two.person.ended()
            trace = two.person.trace()
        pressed = trace.keys[-1].ended_at
        heard_ms.append((next(at for at in trace.far_voiced if at > pressed) - pressed) * 1000)
    p50, p95 = percentile(heard_ms, 50), percentile(heard_ms, 95)
    _log.info("key to audio: p50 %.0f ms, p95 %.0f ms, of %d", p50, p95, MEASURED)
    assert p95 < 200, heard_ms


@asynccontextmanager
async def _with_flows(mercury: Mercury, flows: Path) -> AsyncIterator[None]:
    """Started again with these flows; and at the end with its own."""
    file = mercury.run_dir / "mercury.yaml"
    before = file.read_text(encoding="utf-8")
    try:
        for text in (yaml.safe_dump({**yaml.safe_load(before), "flows": str(flows)}), before):
            await mercury.stop()
            file.write_text(text, encoding="utf-8")
            await mercury.spawn()
            await mercury.up()
            if text is not before:
                yield
    finally:
        file.write_text(before, encoding="utf-8")


async def test_two_talk_on_while_mercury_is_dead_and_the_flow_goes_on_afterwards(apart: Apart, tmp_path: Path) -> None:
    mercury = apart.mercury
    async with _with_flows(mercury, _flows(tmp_path, list(mercury.ports)[:1])):
        async with pair(mercury) as two:
            await two.taken()
            await mercury.kill()
            await asyncio.gather(two.caller.play(_say(CALLER)), two.person.play(_say(PERSON)))
            assert _heard(two.caller, tmp_path, PERSON) > 0.45
            assert _heard(two.person, tmp_path, CALLER) > 0.45
            await mercury.spawn()
            await mercury.up()
            await two.person.hang_up()
            await two.caller.agent_starts()
            await two.caller.agent_pauses()
            await two.caller.press("1")
            await two.caller.ended()
        assert await two.outcome() == "over"
        await mercury.is_idle()


async def test_two_talk_on_while_ari_is_cut(apart: Apart, tmp_path: Path) -> None:
    """The person leaves meanwhile: that is found out, and the flow goes on."""
    mercury = apart.mercury
    async with _with_flows(mercury, _flows(tmp_path, list(mercury.ports)[:1])):
        async with pair(mercury) as two:
            await two.taken()
            await apart.cut()
            await two.person.hang_up()
            await apart.proxy.mend()
            await apart.connected()
            await two.caller.agent_starts()
            await two.caller.agent_pauses()
            await two.caller.press("1")
            await two.caller.ended()
        assert await two.outcome() == "over"
        await mercury.is_idle()
