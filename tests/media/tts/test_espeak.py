from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from media.audio.pcm import Pcm
from media.audio.resample import to_telephone
from media.errors import EngineError
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.workers.line import Rank

SAID = {"en": "You have a new order.", "hi": "नया ऑर्डर आया है।", "mr": "नवीन ऑर्डर आली आहे."}


@pytest.fixture
async def engine() -> AsyncIterator[Espeak]:
    engine = Espeak()
    await engine.start()
    yield engine
    await engine.close()


async def spoken(engine: Espeak, speech: Speech) -> Pcm:
    return Pcm(22_050, b"".join([chunk.samples async for chunk in engine.speak(speech)]))


@pytest.mark.parametrize("language", SAID)
async def test_each_language_is_spoken_at_a_telephones_level(engine: Espeak, language: str) -> None:
    audio = to_telephone(await spoken(engine, Speech(SAID[language], language)))
    samples = np.frombuffer(audio.samples, "<i2").astype(float)
    frames = np.sqrt((samples[: len(samples) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
    active = frames[frames > frames.max() * 0.05]
    assert 700 < audio.duration_ms < 3500
    assert -24 < 20 * np.log10(np.sqrt((active**2).mean()) / 32768) < -16


async def test_a_caller_who_waits_is_spoken_to_next_while_twenty_prompts_are_rendered_ahead(engine: Espeak) -> None:
    order: list[str] = []

    async def say(text: str, rank: Rank) -> None:
        await spoken(engine, Speech(text, "en", rank=rank))
        order.append(text)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(say(f"{SAID['en']} It is number {number}.", Rank.AHEAD))
        await asyncio.sleep(0)
        group.create_task(say("Thank you.", Rank.WAITING))
    assert order.index("Thank you.") <= 1
    assert len(order) == 21


async def test_speed_and_voice_are_heeded(engine: Espeak) -> None:
    usual = await spoken(engine, Speech(SAID["en"], "en"))
    slow = await spoken(engine, Speech(SAID["en"], "en", speed=0.7))
    other = await spoken(engine, Speech(SAID["en"], "en", voice="en-us+f3"))
    assert slow.duration_ms > usual.duration_ms * 1.2
    assert other.samples != usual.samples


async def test_voices_and_languages_that_are_not_there_are_errors(engine: Espeak) -> None:
    with pytest.raises(EngineError, match="no voice 'en-in'"):
        await spoken(engine, Speech("Hello", "en", voice="en-in"))
    with pytest.raises(EngineError, match="speaks en, hi, mr, not 'ta'"):
        await spoken(engine, Speech("வணக்கம்", "ta"))
    assert (await spoken(engine, Speech("Hello", "en"))).samples


async def test_chunks_come_as_they_are_made_and_closing_stops_the_work(engine: Espeak) -> None:
    chunks = engine.speak(Speech("A long sentence that goes on. " * 50, "en"))
    first = await anext(chunks)
    assert 0 < first.duration_ms < 100
    await chunks.aclose()  # type: ignore[attr-defined]
    assert (await spoken(engine, Speech("Hello", "en"))).duration_ms < 2000


async def test_too_long_a_text_is_refused(engine: Espeak) -> None:
    with pytest.raises(EngineError, match="at most 2000"):
        await spoken(engine, Speech("word " * 500, "en"))


def test_the_fingerprint_tells_settings_apart() -> None:
    usual, other = Espeak(), Espeak(voices={"en": "en-us+f3"})
    speech = Speech("Hello", "en")
    prints = {usual.fingerprint(speech), other.fingerprint(speech), usual.fingerprint(Speech("Hello", "en", speed=1.2))}
    assert len(prints) == 3
