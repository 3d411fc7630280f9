"""A number that is said on the wire: heard by a recogniser of free speech, read back, and decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from phones.recordings import recording
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import history, new_number, spoken
from tests.standins.transcriptions import TranscriptionServer

pytestmark = [pytest.mark.timeout(300), pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

LINE = "+918047110010"
BOOK = f"""\
routes: [{{number: "{LINE}", flow: order}}]
flows:
  order:
    languages: [en]
    outcomes: [ready, unclear]
    on_hang_up: unclear
    gives_up: unclear
    start: minutes
    steps:
      minutes:
        ask: {{en: "How many minutes?"}}
        digits: {{into: ready_in, type: minutes, max: 2, between: [5, 90]}}
        next: ready
      ready: {{say: {{en: "Goodbye."}}, hang_up: ready}}
      unclear: {{say: {{en: "Goodbye."}}, hang_up: unclear}}
"""


async def test_the_minutes_are_said_and_read_back(own_mercury: StartMercury, tmp_path: Path) -> None:
    (tmp_path / "flows.yaml").write_text(BOOK, encoding="utf-8")
    ears = TranscriptionServer(answer={"text": "Twenty-five minutes."})
    async with ears.served():
        models = {"ears": {"engine": "openai-transcriptions", "url": ears.url}}
        mercury = await own_mercury(
            {
                "engines": {"recognisers": ["pocketsphinx", "ears"], "models": models},
                "flows": str(tmp_path / "flows.yaml"),
            }
        )
        async with await mercury.dial(caller := new_number(), to=LINE) as phone:
            await phone.answered()
            await phone.agent_pauses()
            await phone.pause(0.3)
            await phone.play(recording(mercury.sounds, "cancelled"))
            call_id = await mercury.call_from(caller)
            await mercury.noted(call_id, "agent_started", utterance="minutes.confirm.2")
            await phone.agent_pauses()
            await phone.press("1")
            assert (await phone.ended()).by == "far"
        record = await mercury.ended(call_id)
    assert (record["outcome"], record["data"]) == ("ready", {"ready_in": 25})
    assert "25 minutes. Is that right? For yes, press 1; for no, press 2." in spoken(record)
    (turn,) = history(record, "turn_latency")
    assert (turn["engine"], turn["answered"]) == ("ears", True)
