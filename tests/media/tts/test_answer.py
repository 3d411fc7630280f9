"""An answer spoken while it is written: by one synthesis, or by those that stand in for it."""

from __future__ import annotations

import asyncio

import pytest

from media.audio.pcm import Pcm
from media.chain import linked
from media.tts.answer import SpokenAnswer
from media.tts.cache import PromptCache
from media.tts.elevenlabs import ElevenLabs
from media.tts.link import SynthesiserLink
from media.tts.protocol import Speech, Synthesiser
from media.tts.streamed_text import SentenceOver
from media.tts.voice import Voice
from tests.media.test_chain import watched
from tests.media.tts.fakes import FakeSynthesiser, StreamingSynthesiser, said
from tests.standins.elevenlabs import ElevenLabsServer
from tests.virtual_time import virtual_time

LIKE = Speech("", "en")


def answering(*engines: Synthesiser) -> SpokenAnswer:
    spoken = Voice(engines, PromptCache(None)).answer(LIKE)
    assert spoken
    return spoken


async def heard(spoken: SpokenAnswer) -> list[bytes | str]:
    """The audio of each sentence, and what was wrong with it."""
    told, samples = list[bytes | str](), b""
    async for part in spoken.audio():
        if isinstance(part, Pcm):
            samples += part.samples
            continue
        told.append(samples)
        samples = b""
        if part.error:
            told.append(str(part.error))
    assert samples == b""
    return told


async def test_the_sentences_of_an_answer_are_one_synthesis_each_levelled() -> None:
    engine = StreamingSynthesiser()
    spoken = answering(engine, FakeSynthesiser("other"))
    assert [spoken.say(Speech(text, "en")) for text in ("One 1.", "Two.")] == [True, True]
    spoken.end()
    assert await heard(spoken) == [said(2), said(2)]
    assert (engine.streamed, engine.begun, engine.spoken) == (["One one.", "Two."], 1, [])


async def test_the_first_is_heard_before_the_second_is_written() -> None:
    spoken = answering(StreamingSynthesiser())
    spoken.say(Speech("One.", "en"))
    parts = spoken.audio()
    while not isinstance(await anext(parts), SentenceOver):
        pass
    spoken.say(Speech("Two.", "en"))
    assert isinstance(await anext(parts), Pcm)
    await parts.aclose()


async def test_an_engine_that_takes_a_text_only_whole_streams_nothing() -> None:
    assert Voice([FakeSynthesiser(), StreamingSynthesiser()], PromptCache(None)).answer(LIKE) is None
    assert Voice([StreamingSynthesiser()], PromptCache(None)).answer(Speech("", "ta")) is None


async def test_what_is_of_another_voice_or_says_nothing_is_no_part_of_it() -> None:
    spoken = answering(StreamingSynthesiser())
    assert not spoken.say(Speech("One.", "hi"))
    assert not spoken.say(Speech("One.", "en", "other"))
    assert not spoken.say(Speech("🙂", "en"))
    spoken.end()
    assert await heard(spoken) == []


async def test_who_stands_in_says_what_was_not_begun_and_what_still_comes() -> None:
    broken, other = StreamingSynthesiser(breaks=2), FakeSynthesiser("other")
    spoken = answering(broken, other)
    spoken.say(Speech("One.", "en"))
    spoken.say(Speech("Two.", "en"))
    parts = spoken.audio()
    overs = 0
    while overs < 2:
        overs += isinstance(await anext(parts), SentenceOver)
    spoken.say(Speech("Three.", "en"))
    spoken.end()
    assert [part async for part in parts][-1] == SentenceOver()
    assert (broken.streamed, other.spoken) == (["One.", "Two."], ["Two.", "Three."])


async def test_a_sentence_that_was_broken_off_is_told_and_not_said_again() -> None:
    other = FakeSynthesiser("other")
    spoken = answering(StreamingSynthesiser(breaks=1), other)
    spoken.say(Speech("One.", "en"))
    spoken.say(Speech("Two.", "en"))
    spoken.end()
    told = await heard(spoken)
    assert told[1:] == ["the socket broke", said(3)]
    assert other.spoken == ["Two."]


async def test_the_only_voice_is_tried_again_sentence_by_sentence() -> None:
    alone = StreamingSynthesiser(breaks=0)
    spoken = answering(alone)
    spoken.say(Speech("One.", "en"))
    spoken.end()
    assert await heard(spoken) == [said(3)]
    assert alone.spoken == ["One."]


@virtual_time
async def test_audio_that_is_owed_for_too_long_comes_from_elsewhere() -> None:
    slow, other = StreamingSynthesiser(slow=True), FakeSynthesiser("other")
    spoken = answering(slow, other)
    spoken.say(Speech("One.", "en"))
    began = asyncio.get_running_loop().time()
    spoken.end()
    assert await heard(spoken) == [said(3)]
    assert (asyncio.get_running_loop().time() - began, slow.closed) == (3.0, 1)


async def test_leaving_stops_the_work() -> None:
    engine = StreamingSynthesiser()
    spoken = answering(engine)
    spoken.say(Speech("One.", "en"))
    parts = spoken.audio()
    await anext(parts)
    await parts.aclose()
    assert engine.closed == 1


@virtual_time
async def test_a_watched_engine_is_timed_from_the_first_sentence_on() -> None:
    one = watched(StreamingSynthesiser())
    row: list[SynthesiserLink] = linked({"default": [one]}, SynthesiserLink)
    spoken = Voice(row, PromptCache(None)).answer(LIKE)
    assert spoken
    listening = asyncio.create_task(heard(spoken))
    await asyncio.sleep(60)
    assert not listening.done()
    spoken.say(Speech("One.", "en"))
    spoken.end()
    assert await listening == [said(2)]
    assert (one.watch.report().answered, one.watch.report().slowest_ms) == (1, 0.0)


@virtual_time
async def test_an_answer_of_which_nothing_came_says_nothing_of_the_engine() -> None:
    one = watched(StreamingSynthesiser())
    row: list[SynthesiserLink] = linked({"default": [one]}, SynthesiserLink)
    spoken = Voice(row, PromptCache(None)).answer(LIKE)
    assert spoken
    spoken.end()
    assert await heard(spoken) == []
    assert (one.watch.report().answered, one.watch.report().failed) == (0, 0)


async def test_an_answer_over_a_real_socket_is_one_socket_for_all_sentences() -> None:
    async with ElevenLabsServer("k", chunk_bytes=4000) as server:
        engine = ElevenLabs(url=server.url, key="k", voices={"en": "Rachel"})
        spoken = answering(engine, FakeSynthesiser("other"))
        texts = ("Your order of two kurtas is on its way.", "It comes at five o'clock this evening.")
        for text in texts:
            assert spoken.say(Speech(text, "en"))
        spoken.end()
        told = await heard(spoken)
        await engine.close()
    assert [len(audio) // 16 for audio in told] == pytest.approx([len(text) * 5 for text in texts], abs=15), "in ms"
    assert [[message["text"].strip() for message in socket] for socket in server.messages] == [["", *texts, ""]]


async def test_a_socket_that_breaks_leaves_the_rest_to_the_next_voice() -> None:
    async with ElevenLabsServer("k", chunk_bytes=400, cut_after=2, gap_s=0.02) as server:
        engine, other = ElevenLabs(url=server.url, key="k", voices={"en": "Rachel"}), FakeSynthesiser("other")
        spoken = answering(engine, other)
        for text in ("Your order is on its way.", "It comes at five.", "Goodbye."):
            spoken.say(Speech(text, "en"))
        spoken.end()
        told = await heard(spoken)
        await engine.close()
    assert "close code 1006" in str(told[1]), "the first was broken off"
    assert other.spoken == ["It comes at five.", "Goodbye."]
