"""A turn as Whisper hears it, with a model that is scripted: what it is asked, and what is made of its answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from media.asr.protocol import Hint
from media.asr.whisper_guards import Limits
from media.asr.whisper_stream import StreamOptions, WhisperStream
from media.asr.whisper_work import Decoded, Passage
from media.audio.pcm import FRAME_BYTES
from media.errors import EngineBusyError, EngineError
from media.workers.line import Rank
from tests.media.fakes import SILENT, VOICED
from tests.virtual_time import settle, virtual_time


class Loud:
    """Takes all that is not silence for a voice."""

    def is_speech(self, frame: bytes) -> bool:
        return frame != SILENT


@dataclass
class Model:
    """Hears the next text of its script each time it is asked."""

    script: list[str]
    language: str = "hi"
    logprob: float = -0.1
    no_speech: float = 0.0
    prefix_ends_ms: int | None = None
    held: asyncio.Event | None = None
    """It answers no earlier than this."""
    asked: list[Passage] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    cancelled: int = 0

    async def __call__(self, passage: Passage, rank: Rank) -> Decoded:
        self.asked.append(passage)
        self.ranks.append(rank)
        text = self.script.pop(0)
        try:
            if self.held:
                await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if text == "busy":
            raise EngineBusyError("whisper: busy")
        ends_ms = self.prefix_ends_ms if passage.locate_prefix else None
        return Decoded(tuple(text.split()), self.logprob, self.no_speech, self.language, ends_ms)


def opened(model: Model, hint: Hint | None = None, **options: int) -> WhisperStream:
    return WhisperStream(
        "whisper",
        hint or Hint("hi"),
        languages=("hi", "mr"),
        decode=model,
        vad=Loud(),
        limits=Limits(),
        options=StreamOptions(**options),
    )


def feed(stream: WhisperStream, voiced_ms: int = 0, silent_ms: int = 0) -> None:
    for frame in [VOICED] * (voiced_ms // 20) + [SILENT] * (silent_ms // 20):
        stream.feed(frame)


@virtual_time
async def test_a_turn_is_decoded_with_what_is_expected_to_be_said() -> None:
    model = Model(["मेरा ऑर्डर"])
    stream = opened(model, Hint("hi", phrases=("ऑर्डर रद्द",), words=("कुर्ता",)))
    feed(stream, 600, 200)
    heard = await stream.finish()
    assert (heard.text, heard.engine, heard.language) == ("मेरा ऑर्डर", "whisper", "hi")
    assert heard.confidence == pytest.approx(0.905, abs=0.01)
    (passage,) = model.asked
    assert passage.audio == VOICED * 30 + SILENT * 10
    assert (passage.languages, passage.context) == (("hi", "mr"), "कुर्ता, ऑर्डर रद्द.")
    assert model.ranks == [Rank.WAITING]


@virtual_time
async def test_nothing_voiced_is_nothing_and_the_model_is_not_asked() -> None:
    model = Model([])
    stream = opened(model)
    feed(stream, 60, 3000)
    assert (await stream.so_far()).text == ""
    assert (await stream.finish()).text == ""
    assert not model.asked


@virtual_time
async def test_stable_words_are_given_to_the_model_to_begin_with() -> None:
    model = Model(["track my", "track my order", "track my order please"])
    stream = opened(model)
    for _ in range(2):
        feed(stream, 400)
        await stream.so_far()
    assert stream.stable == "track my"
    feed(stream, 400)
    assert (await stream.finish()).text == "track my order please"
    assert model.asked[-1].prefix.words == ("track", "my")
    assert model.asked[-1].languages == ("hi",)
    assert model.ranks == [Rank.PAUSE, Rank.PAUSE, Rank.WAITING]


@virtual_time
async def test_what_was_heard_at_the_last_pause_is_the_turn() -> None:
    model = Model(["track my order"])
    stream = opened(model)
    feed(stream, 800, 200)
    assert (await stream.so_far()).text == "track my order"
    feed(stream, 0, 400)
    assert (await stream.finish()).text == "track my order"
    assert len(model.asked) == 1


@virtual_time
async def test_the_audio_of_stable_words_is_cut_away_and_told_as_context() -> None:
    model = Model(["one two", "one two three", "one two three four", "three four five"], prefix_ends_ms=1500)
    stream = opened(model, cut_after_ms=2000)
    for _ in range(3):
        feed(stream, 1000)
        await stream.so_far()
    assert [passage.locate_prefix for passage in model.asked] == [False, False, True]
    feed(stream, 500)
    heard = await stream.finish()
    assert heard.text == "one two three four five"
    assert (len(model.asked[-1].audio), model.asked[-1].context) == (FRAME_BYTES * 100, "one two")


@virtual_time
async def test_invented_text_is_dropped_but_stable_words_stay() -> None:
    model = Model(["track my", "track my order", "no " * 60])
    stream = opened(model)
    for _ in range(2):
        feed(stream, 400)
        await stream.so_far()
    feed(stream, 6000)
    heard = await stream.finish()
    assert (heard.text, heard.language) == ("track my", "hi")


@virtual_time
async def test_silence_that_the_model_itself_doubts_is_no_text() -> None:
    model = Model(["Thank you."], logprob=-1.3, no_speech=0.9)
    stream = opened(model)
    feed(stream, 300)
    heard = await stream.finish()
    assert (heard.text, heard.confidence, heard.language) == ("", 0.0, "")


@virtual_time
async def test_a_turn_is_decoded_ahead_while_the_caller_speaks() -> None:
    model = Model(["track my", "busy", "track my order", "track my order please"])
    stream = opened(model, partial_every_ms=500)
    for _ in range(3):
        feed(stream, 500)
        await settle()
    assert (model.ranks, stream.stable) == ([Rank.AHEAD] * 3, "track my")
    assert (await stream.finish()).text == "track my order please"


@virtual_time
async def test_who_waits_does_not_wait_for_work_ahead() -> None:
    model = Model(["track my", "track my order"], held=asyncio.Event())
    stream = opened(model, partial_every_ms=500)
    feed(stream, 500)
    await settle()
    model.held = None
    assert (await stream.finish()).text == "track my order"
    assert model.cancelled == 1


@virtual_time
async def test_a_cancelled_turn_stops_its_work() -> None:
    model = Model(["track", "track my"], held=asyncio.Event())
    stream = opened(model)
    feed(stream, 500)
    asked = asyncio.ensure_future(stream.so_far())
    await settle()
    stream.cancel()
    stream.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert (model.cancelled, asked.cancelled()) == (1, True)
    with pytest.raises(EngineError, match="over already"):
        await stream.finish()


@virtual_time
async def test_a_question_that_is_dropped_stops_its_work_and_the_turn_goes_on() -> None:
    model = Model(["track", "track my order"], held=asyncio.Event())
    stream = opened(model)
    feed(stream, 500)
    asked = asyncio.ensure_future(stream.so_far())
    await settle()
    asked.cancel()
    await settle()
    model.held = None
    assert (await stream.finish()).text == "track my order"
    assert model.cancelled == 1


@virtual_time
async def test_a_failure_is_raised() -> None:
    stream = opened(Model(["busy"]))
    feed(stream, 500)
    with pytest.raises(EngineBusyError, match="whisper: busy"):
        await stream.finish()


@virtual_time
async def test_no_more_than_30_s_are_kept() -> None:
    model = Model(["a"])
    stream = opened(model)
    feed(stream, 31_000)
    await stream.finish()
    assert len(model.asked[0].audio) == 30_000 // 20 * FRAME_BYTES


def test_frames_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a frame of 320 bytes"):
        opened(Model([])).feed(bytes(160))
