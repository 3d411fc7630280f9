"""An answer whose sentences are said as they come, through one synthesis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from media.audio.pcm import FRAME_BYTES, Pcm
from media.dialog.protocol import AgentFinished, SpeechFailed, Utterance
from media.tts.cache import PromptCache
from media.tts.protocol import Speech
from media.tts.streamed_text import SentenceOver
from media.tts.voice import Voice
from tests.media.dialog.harness import Call
from tests.media.fakes import ScriptedVoice, tone
from tests.media.tts.fakes import FakeSynthesiser, StreamingSynthesiser

LIKE = Speech("", "en")


class Answered(Call):
    """A call in which an answer is spoken by this engine; 200 ms of tone a sentence."""

    def __init__(self, engine: StreamingSynthesiser, *others: FakeSynthesiser) -> None:
        engine.chunk = tone(100, hertz=800.0)
        super().__init__(voice=ScriptedVoice(cached=False))
        self.voice.answering = Voice([engine, *others], PromptCache(None)).answer(LIKE)
        self.leg.begin_answer(LIKE)

    def sentence(self, name: str, text: str) -> None:
        self.leg.say(Utterance(name, (Speech(text, "en"),), goes_on=True))

    @property
    def heard(self) -> list[tuple[str, str, bool]]:
        return [(event.utterance, event.heard, event.complete) for event in self.of(AgentFinished)]


async def test_each_sentence_is_told_as_it_is_heard() -> None:
    engine = StreamingSynthesiser()
    call = Answered(engine)
    call.sentence("first", "It comes.")
    await call.run("." * 20)
    assert call.heard == [("first", "It comes.", True)], "before it is known whether more follows"
    call.sentence("second", "In an hour.")
    call.leg.end_answer()
    await call.run("." * 30)
    assert call.heard[1:] == [("second", "In an hour.", True)]
    assert (engine.streamed, engine.begun, engine.spoken, call.voice.closed) == (["It comes.", "In an hour."], 1, [], 0)


async def test_what_is_cut_is_not_heard_and_ends_the_synthesis() -> None:
    engine = StreamingSynthesiser()
    call = Answered(engine)
    call.sentence("first", "It comes very soon.")
    call.sentence("second", "In an hour.")
    await call.run("." * 6)
    assert engine.closed == 0, "the answer has not ended"
    call.leg.stop_speaking()
    await call.run("." * 5)
    (first, heard, complete), second = call.heard
    assert (first, complete, second) == ("first", False, ("second", "", False))
    assert "It comes very soon.".startswith(heard)
    assert engine.closed == 1


async def test_what_follows_after_a_cut_is_said_by_itself() -> None:
    engine = StreamingSynthesiser()
    call = Answered(engine)
    call.sentence("first", "It comes.")
    await call.run("." * 3)
    call.leg.stop_speaking()
    await call.run(".")
    call.sentence("second", "In an hour.")
    await call.run("." * 40)
    assert call.heard[-1] == ("second", "In an hour.", True)
    assert (engine.streamed, call.voice.closed) == (["It comes."], 1)


async def test_a_sentence_that_is_broken_off_is_told_as_far_as_it_came() -> None:
    other = FakeSynthesiser("other")
    call = Answered(StreamingSynthesiser(breaks=1), other)
    call.sentence("first", "It comes very soon, they say.")
    call.sentence("second", "In an hour.")
    call.leg.end_answer()
    await call.run("." * 60)
    (first, second) = call.heard
    assert first[0] == "first"
    assert first[1] != "It comes very soon, they say."
    assert second == ("second", "In an hour.", True)
    assert [event.error for event in call.of(SpeechFailed)] == ["the socket broke"]
    assert other.spoken == ["In an hour."]


async def test_a_voice_that_breaks_the_rules_does_not_hold_up_the_call() -> None:
    class Unasked(StreamingSynthesiser):
        async def speak_sentences(
            self, texts: AsyncIterator[str], like: Speech
        ) -> AsyncGenerator[Pcm | SentenceOver, None]:
            yield Pcm(8000, self.chunk)
            await asyncio.Event().wait()

    call = Answered(Unasked())
    await call.run("..")
    assert len(call.of(SpeechFailed)) == 1, "audio without a sentence that it could be of"
    call.sentence("first", "It comes.")
    await call.run("." * 40)
    assert call.heard == [("first", "It comes.", True)], "said by itself"


async def test_a_sentence_that_comes_at_the_very_cut_is_not_lost() -> None:
    call = Answered(StreamingSynthesiser())
    call.sentence("first", "It comes.")
    await call.run("." * 3)
    call.leg.stop_speaking()
    call.sentence("second", "In an hour.")
    await call.run("." * 40)
    assert call.heard[-1] == ("second", "In an hour.", True)


async def test_a_voice_that_takes_texts_whole_says_them_one_by_one() -> None:
    call = Call(voice=ScriptedVoice(cached=False))
    call.leg.begin_answer(LIKE)
    call.leg.say(Utterance("first", (Speech("It comes.", "en"),), goes_on=True))
    call.leg.end_answer()
    await call.run("." * 20)
    assert [event.heard for event in call.of(AgentFinished)] == ["It comes."]


async def test_what_is_said_meanwhile_does_not_end_it() -> None:
    engine = StreamingSynthesiser()
    call = Answered(engine)
    call.say("filler", "one moment")
    call.sentence("first", "It comes.")
    call.leg.end_answer()
    await call.run("." * 60)
    assert [utterance for utterance, *_ in call.heard] == ["filler", "first"]
    assert engine.streamed == ["It comes."]


@pytest.mark.parametrize("how", ["nothing was said", "another answer", "the end of the call"])
async def test_an_answer_ends(how: str) -> None:
    engine = StreamingSynthesiser()
    call = Answered(engine)
    await call.run(".")
    assert engine.begun == 1, "its voice was made ready"
    if how == "nothing was said":
        call.leg.end_answer()
    elif how == "another answer":
        call.voice.answering = None
        call.leg.begin_answer(LIKE)
    else:
        await call.leg.close()
    await asyncio.sleep(0)
    await call.settle()
    assert engine.closed == 1


async def test_sentences_that_follow_each_other_have_their_pause() -> None:
    call = Answered(StreamingSynthesiser())
    call.sentence("first", "It comes.")
    call.sentence("second", "In an hour.")
    call.leg.end_answer()
    await call.run("." * 50)
    silent = [frame is None or not any(frame) for frame in call.transport.sent[1:]]
    first, last = silent.index(False), len(silent) - 1 - silent[::-1].index(False)
    assert 10 <= silent[first:last].count(True) <= 13, "250 ms"
    assert all(len(frame) == FRAME_BYTES for frame in call.transport.sent[1:] if frame)
