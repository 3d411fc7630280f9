"""What a caller hears on the wire when a recogniser hangs, and when all fail: a few words, then an answer, or keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from phones.phone import Phone
from phones.recordings import recording
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, history, new_number, spoken
from tests.standins.transcriptions import Mode, TranscriptionServer

pytestmark = [pytest.mark.timeout(300), pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

LINE = "+918047110009"
BOOK = f"""\
routes: [{{number: "{LINE}", flow: order}}]
flows:
  order:
    languages: [en]
    outcomes: [done, unclear]
    on_hang_up: unclear
    gives_up: unclear
    start: ask
    steps:
      ask:
        ask: {{en: "What is it?"}}
        options:
          cancel: {{key: "1", hear: {{en: [cancel my order]}}, next: ask}}
          done: {{key: "2", hear: {{en: [nothing more]}}, next: done}}
      done: {{say: {{en: "Goodbye."}}, hang_up: done}}
      unclear: {{say: {{en: "Goodbye."}}, hang_up: unclear}}
"""
STAGES = ("endpoint_ms", "text_ms", "meaning_ms", "words_ms", "audio_ms", "played_ms")


async def _speaks(mercury: Mercury, phone: Phone) -> None:
    await phone.pause(0.3)
    await phone.play(recording(mercury.sounds, "cancelled"))


async def test_a_hanging_recogniser_is_bridged_by_words_and_the_next_one_and_all_of_them_by_keys(
    own_mercury: StartMercury, tmp_path: Path
) -> None:
    (tmp_path / "flows.yaml").write_text(BOOK, encoding="utf-8")
    hanging = TranscriptionServer(mode=Mode.HANG)
    other = TranscriptionServer(answer={"text": "cancel my order"})
    async with hanging.served(), other.served():
        engine = "openai-transcriptions"
        models = {
            "hanging": {"engine": engine, "url": hanging.url, "patience_s": 2.0},
            "other": {"engine": engine, "url": other.url},
        }
        mercury = await own_mercury(
            {"engines": {"recognisers": ["hanging", "other"], "models": models}, "flows": str(tmp_path / "flows.yaml")}
        )
        async with await mercury.dial(caller := new_number(), to=LINE) as phone:
            await phone.answered()
            await phone.agent_pauses()
            await _speaks(mercury, phone)
            call_id = await mercury.call_from(caller)
            await mercury.noted(call_id, "said", text="One moment.")
            await mercury.noted(call_id, "caller_said", text="cancel my order", engine="other")
            await mercury.noted(call_id, "turn_latency", answered=True)
            other.mode = Mode.ERROR
            await phone.agent_pauses()
            await _speaks(mercury, phone)
            await mercury.noted(call_id, "said", text="Just a moment.")
            await mercury.noted(call_id, "caller_said", text="")
            await mercury.noted(call_id, "agent_started", utterance="ask.unheard.3")
            await phone.agent_pauses()
            await phone.press("2")
            assert (await phone.ended()).by == "far"
        record = await mercury.ended(call_id)
    assert record["outcome"] == "done"
    failed = {line["engine"] for line in history(record, "engine_failed")}
    assert failed == {"hanging", "other"}
    assert "Please use the keypad. For cancel my order, press 1." in spoken(record)
    heard, _ = history(record, "turn_latency")
    assert heard["engine"] == "other"
    assert heard["total_ms"] == sum(heard[stage] for stage in STAGES) > 2000
    assert 1200 < heard["filler_ms"] < heard["total_ms"]
    began = {line["utterance"]: line["ms"] for line in history(record, "agent_started")}
    over = {line["utterance"]: line["ms"] for line in history(record, "said")}
    assert all(over["filler.1"] <= ms for name, ms in began.items() if ms > began["filler.1"] and name != "filler.1")
