"""Turns heard through a transcription server: what is sent, when, and what is made of what comes back."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from media.asr.protocol import Hint
from media.asr.transcriptions import UNTOLD, TranscribedStream, Transcriptions
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import KeyRefusedError, OverloadedError
from media.registry import Engines, engine
from tests.media.asr.voice import silent, voiced
from tests.standins.transcriptions import Mode, TranscriptionServer

HINT = Hint("en", ("Track my order",), words=("paneer",))
SURE = {"text": "track my order", "avg_logprob": -0.1, "no_speech_prob": 0.0, "compression_ratio": 0.9}


@pytest.fixture
async def server() -> AsyncIterator[TranscriptionServer]:
    server = TranscriptionServer({"text": "track my order", "language": "english", "segments": [SURE]})
    async with server.served():
        yield server


@pytest.fixture
async def ear(server: TranscriptionServer) -> AsyncIterator[Transcriptions]:
    ear = Transcriptions(name="box", url=server.url, model="turbo", key="sk-1", deadline_s=5)
    yield ear
    await ear.close()


def fed(ear: Transcriptions, frames: list[bytes], hint: Hint = HINT) -> TranscribedStream:
    stream = ear.open(hint)
    for frame in frames:
        stream.feed(frame)
    return stream


async def test_a_turn_is_sent_whole_with_what_is_known_of_it(ear: Transcriptions, server: TranscriptionServer) -> None:
    frames = [*silent(100), *voiced(800), *silent(100)]
    heard = await fed(ear, frames).finish()
    assert (heard.text, heard.engine, heard.language) == ("track my order", "box", "")
    assert heard.confidence == pytest.approx(math.exp(-0.1))
    assert heard.took_ms > 0
    (asked,) = server.asked
    assert asked.fields == {
        "model": "turbo",
        "language": "en",
        "prompt": "paneer, Track my order",
        "response_format": "verbose_json",
        "temperature": "0",
    }
    assert (asked.rate, asked.samples) == (8000, b"".join(frames))
    assert asked.authorization == "Bearer sk-1"


async def test_the_turn_can_go_at_16_khz_with_other_fields(server: TranscriptionServer) -> None:
    ear = Transcriptions(
        url=server.url, sample_rate=16_000, hints=False, prompt="A shop.", fields={"vad_filter": "true", "model": "m"}
    )
    await fed(ear, voiced(500)).finish()
    await ear.close()
    (asked,) = server.asked
    assert (asked.rate, len(asked.samples)) == (16_000, 16_000)
    assert asked.authorization == ""
    assert asked.fields["vad_filter"] == "true"
    assert asked.fields["model"] == "m"
    assert asked.fields["prompt"] == "A shop."


async def test_the_server_finds_out_which_of_several_languages(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    several = Hint("hi", languages=("hi", "en"))
    assert (await fed(ear, voiced(500), several).finish()).language == "en"
    server.answer["language"] = "welsh"
    assert (await fed(ear, voiced(500), several).finish()).language == ""
    assert [asked.fields.get("language") for asked in server.asked] == [None, None]
    deaf_to_languages = Transcriptions(url=server.url, detects=False)
    await fed(deaf_to_languages, voiced(500), several).finish()
    await deaf_to_languages.close()
    assert server.asked[-1].fields["language"] == "hi"


async def test_a_turn_without_a_voice_is_not_sent(ear: Transcriptions, server: TranscriptionServer) -> None:
    for frames in ([], silent(2000)):
        stream = fed(ear, frames)
        so_far, heard = await stream.so_far(), await stream.finish()
        assert (so_far.text, heard.text, heard.confidence, heard.engine) == ("", "", 0.0, "box")
    assert server.asked == []


async def test_text_that_was_invented_is_not_heard(ear: Transcriptions, server: TranscriptionServer) -> None:
    doubted = {"text": "Okay.", "avg_logprob": -1.2, "no_speech_prob": 0.9}
    server.answer = {"text": "Okay.", "segments": [doubted]}
    assert (await fed(ear, voiced(500)).finish()).text == ""
    server.answer = {"text": "This is far more than anybody could ever say in so short a moment."}
    heard = await fed(ear, [*voiced(100), *silent(1000)]).finish()
    assert (heard.text, heard.confidence) == ("", 0.0)


async def test_what_was_said_so_far_is_the_result_when_nothing_follows(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    stream = fed(ear, voiced(500))
    so_far = await stream.so_far()
    for frame in silent(400):
        stream.feed(frame)
    assert await stream.so_far() == await stream.finish()
    assert so_far.text == "track my order"
    assert len(server.asked) == 1


async def test_what_follows_a_pause_is_heard_with_what_was_before(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    stream = fed(ear, voiced(500))
    await stream.so_far()
    server.answer = {"text": "track my order please", "segments": []}
    for frame in voiced(400):
        stream.feed(frame)
    heard = await stream.finish()
    assert (heard.text, heard.confidence) == ("track my order please", UNTOLD)
    assert [len(asked.samples) for asked in server.asked] == [8000, 14_400]
    with pytest.raises(EngineError, match="over already"):
        await stream.finish()


async def test_a_question_that_is_no_longer_wanted_is_cut_off_at_the_server(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    server.mode = Mode.HANG
    stream = fed(ear, voiced(500))
    asking = asyncio.create_task(stream.so_far())
    await server.arrived.wait()
    asking.cancel()
    async with asyncio.timeout(1):
        await server.left.wait()
    assert asking.cancelled()
    server.mode = Mode.OK
    assert (await stream.finish()).text == "track my order"


async def test_a_newer_question_takes_the_place_of_an_older(ear: Transcriptions, server: TranscriptionServer) -> None:
    server.mode = Mode.HANG
    stream = fed(ear, voiced(500))
    older = asyncio.create_task(stream.so_far())
    await server.arrived.wait()
    server.mode = Mode.OK
    assert (await stream.finish()).text == "track my order"
    with pytest.raises(EngineError, match="no longer wanted"):
        await older
    async with asyncio.timeout(1):
        await server.left.wait()


async def test_a_cancelled_turn_ends_its_request_and_is_over(ear: Transcriptions, server: TranscriptionServer) -> None:
    server.mode = Mode.HANG
    stream = fed(ear, voiced(500))
    finishing = asyncio.create_task(stream.finish())
    await server.arrived.wait()
    stream.cancel()
    stream.cancel()
    async with asyncio.timeout(1):
        await server.left.wait()
    with pytest.raises(EngineError, match="no longer wanted"):
        await finishing
    with pytest.raises(EngineError, match="over already"):
        await stream.finish()


async def test_a_server_that_takes_no_verbose_json_is_asked_for_json_from_then_on(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    server.formats = ("json",)
    for _ in range(2):
        heard = await fed(ear, voiced(500)).finish()
        assert (heard.text, heard.confidence) == ("track my order", UNTOLD)
    assert [asked.fields["response_format"] for asked in server.asked] == ["verbose_json", "json", "json"]
    server.formats = ()
    with pytest.raises(EngineError, match="HTTP 400: Currently only"):
        await fed(ear, voiced(500)).finish()


@pytest.mark.parametrize(
    ("status", "kind"), [(400, EngineError), (401, KeyRefusedError), (429, OverloadedError), (500, EngineError)]
)
async def test_a_refusal_is_an_error_that_says_why(
    ear: Transcriptions, server: TranscriptionServer, status: int, kind: type[EngineError]
) -> None:
    server.mode, server.status = Mode.ERROR, status
    with pytest.raises(kind, match=f"box: POST /audio/transcriptions: expected success, got HTTP {status}: not today"):
        await fed(ear, voiced(500)).finish()
    assert len(server.asked) == 1


@pytest.mark.parametrize(("mode", "asked"), [(Mode.LOSE, 2), (Mode.HALF, 1), (Mode.GARBAGE, 1)])
async def test_an_answer_that_is_none_is_an_error(
    ear: Transcriptions, server: TranscriptionServer, mode: Mode, asked: int
) -> None:
    server.mode = mode
    with pytest.raises(EngineError, match="box: "):
        await fed(ear, voiced(500)).finish()
    assert len(server.asked) == asked


async def test_a_server_that_is_too_slow_is_given_up(server: TranscriptionServer) -> None:
    server.mode = Mode.HANG
    hasty = Transcriptions(name="box", url=server.url, deadline_s=0.1)
    with pytest.raises(EngineBusyError, match="box: POST /audio/transcriptions: "):
        await fed(hasty, voiced(500)).finish()
    await hasty.close()


async def test_no_more_than_30_s_are_kept_and_frames_of_another_length_refused(
    ear: Transcriptions, server: TranscriptionServer
) -> None:
    server.answer = {"text": "long"}
    stream = fed(ear, [*voiced(1000), *silent(30_000)])
    assert (await stream.finish()).text == "long"
    assert len(server.asked[0].samples) == 30 * 16_000
    with pytest.raises(ValueError, match="expected a frame of 320 bytes"):
        ear.open(HINT).feed(bytes(160))


def test_only_its_languages_are_served() -> None:
    ear = Transcriptions(url="http://127.0.0.1:9/v1", languages=["hi", "mr"])
    assert ear.can(Hint("hi"))
    assert ear.can(Hint("en", languages=("en", "mr")))
    assert not ear.can(HINT)
    with pytest.raises(EngineError, match="hears hi, mr, not 'en'"):
        ear.open(HINT)
    assert Transcriptions(url="http://127.0.0.1:9/v1").can(Hint("ta"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "expected a URL"),
        ({"sample_rate": 44_100}, "expected a sample_rate of 8000 or 16000 Hz, got 44100"),
        ({"response_format": "srt"}, "expected a response_format of verbose_json or json, got 'srt'"),
        ({"confidence": 2}, "expected a confidence of 0 to 1, got 2"),
    ],
)
def test_options_that_can_not_be_are_refused_at_once(options: dict[str, object], said: str) -> None:
    make = engine(Engines.RECOGNISERS, "openai-transcriptions")
    with pytest.raises(EngineUnavailableError, match=said):
        make(**options)
