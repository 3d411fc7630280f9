"""The real recogniser on speech made by the real synthesiser: no recordings are kept in the tree."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from media.asr.pocketsphinx import PocketSphinx
from media.asr.protocol import Hint
from media.audio.pcm import FRAME_BYTES, Pcm
from media.audio.resample import to_telephone
from media.errors import EngineError
from media.tts.espeak import Espeak
from media.tts.protocol import Speech

LIST = Hint("en", ("Track my order", "Cancel the order", "Talk to an agent"))


@pytest.fixture
async def said() -> dict[str, list[bytes]]:
    engine = Espeak()
    await engine.start()
    frames: dict[str, list[bytes]] = {}
    for text in (*LIST.phrases, "it is raining very heavily in the mountains today"):
        audio = b"".join([chunk.samples async for chunk in engine.speak(Speech(text, "en", speed=0.9))])
        padded = bytes(6400) + to_telephone(Pcm(22_050, audio)).samples + bytes(6400)
        frames[text] = [padded[at : at + FRAME_BYTES] for at in range(0, len(padded) - FRAME_BYTES, FRAME_BYTES)]
    await engine.close()
    return frames


@pytest.fixture
async def engine() -> AsyncIterator[PocketSphinx]:
    engine = PocketSphinx(workers=1)
    await engine.start()
    yield engine
    await engine.close()


async def test_a_phrase_is_heard_as_it_was_given_and_never_as_another(said: dict[str, list[bytes]]) -> None:
    """A synthetic voice is no person: with a looser threshold. People are measured by bench/asr_closed_list.py."""
    engine = PocketSphinx(name="ears", workers=1, rejection_margin=-0.4)
    await engine.start()
    heard = {}
    for phrase in LIST.phrases:
        stream = engine.open(LIST)
        for frame in said[phrase]:
            stream.feed(frame)
        heard[phrase] = await stream.finish()
    await engine.close()
    assert {phrase: result.text for phrase, result in heard.items()} == {phrase: phrase for phrase in heard}, heard
    assert all(0 <= result.confidence <= 1 for result in heard.values())
    assert {result.engine for result in heard.values()} == {"ears"}


async def test_what_is_not_on_the_list_is_not_heard(engine: PocketSphinx, said: dict[str, list[bytes]]) -> None:
    stream = engine.open(LIST)
    for frame in said["it is raining very heavily in the mountains today"]:
        stream.feed(frame)
    assert (await stream.finish()).text == ""


async def test_silence_and_noise_of_no_length_are_nothing(engine: PocketSphinx) -> None:
    for frames in (0, 1, 100):
        stream = engine.open(LIST)
        for _ in range(frames):
            stream.feed(bytes(FRAME_BYTES))
        result = await stream.finish()
        assert (result.text, result.confidence, result.engine) == ("", 0.0, "pocketsphinx")


async def test_a_cancelled_turn_gives_nothing_and_the_worker_goes_on(engine: PocketSphinx) -> None:
    stream = engine.open(LIST)
    stream.feed(bytes(FRAME_BYTES))
    stream.cancel()
    stream.cancel()
    with pytest.raises(EngineError, match="over already"):
        await stream.finish()
    assert (await engine.open(LIST).finish()).text == ""


def test_only_closed_lists_in_english_are_served() -> None:
    engine = PocketSphinx()
    assert engine.can(LIST)
    assert not engine.can(Hint("en"))
    assert not engine.can(Hint("hi", ("haan",)))
    assert not engine.can(Hint("en", ("हाँ",)))
    with pytest.raises(EngineError, match="closed lists in English"):
        engine.open(Hint("mr", ("हो",)))


def test_frames_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a frame of 320 bytes"):
        PocketSphinx().open(LIST).feed(bytes(160))
