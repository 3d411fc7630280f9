"""Turns heard through Deepgram's websocket: sent as they come, asked about at pauses, outliving a cut stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from media.asr import deepgram
from media.asr.deepgram import Deepgram, DeepgramStream
from media.asr.protocol import Hint
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import KeyRefusedError, OverloadedError, RefusedError
from media.registry import Engines, engine
from tests.media.asr.voice import silent, voiced
from tests.standins.deepgram import DeepgramServer, Misbehaviour, Word, numbered

HINT = Hint("en", ("Track my order",))
SCRIPT = (Word(0.4, "track"), Word(0.9, "my"), Word(1.5, "order"), Word(2.1, "please", 0.5))
TURN = numbered([*voiced(2200), *silent(800)])


@pytest.fixture
async def server() -> AsyncIterator[DeepgramServer]:
    async with DeepgramServer(SCRIPT).served() as server:
        yield server


@pytest.fixture
async def ear(server: DeepgramServer) -> AsyncIterator[Deepgram]:
    ear = Deepgram(key=server.key, url=server.url, deadline_s=5, settle_s=5)
    yield ear
    await ear.close()


def fed(stream: DeepgramStream, frames: list[bytes]) -> DeepgramStream:
    for frame in frames:
        stream.feed(frame)
    return stream


async def test_a_turn_is_heard_to_its_end(ear: Deepgram, server: DeepgramServer) -> None:
    heard = await fed(ear.open(HINT), TURN).finish()
    assert (heard.text, heard.engine, heard.language) == ("track my order please", "deepgram", "")
    assert heard.confidence == pytest.approx((3 * 0.9 + 0.5) / 4)
    assert heard.took_ms > 0
    assert server.streams == [list(range(len(TURN)))]
    assert server.messages == ["CloseStream"]
    assert ("language", "en-IN") in server.queries[0]
    await server.until(streams=0)


async def test_audio_goes_out_while_the_caller_speaks(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), TURN[:90])
    await server.until(frames=90)
    assert server.messages == []
    stream.cancel()
    await server.until(streams=0)


async def test_at_a_pause_all_that_was_said_is_heard(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), TURN[:80])
    so_far = await stream.so_far()
    assert so_far
    assert so_far.text == "track my order"
    assert server.messages == ["Finalize"]
    fed(stream, TURN[80:])
    assert (await stream.finish()).text == "track my order please"
    assert server.streams == [list(range(len(TURN)))]
    with pytest.raises(EngineError, match="over already"):
        await stream.finish()


async def test_what_was_said_so_far_is_the_result_when_nothing_follows(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), TURN[:120])
    so_far = await stream.so_far()
    fed(stream, TURN[120:])
    again, heard = await stream.so_far(), await stream.finish()
    assert so_far
    assert again == heard
    assert (heard.text, heard.took_ms) == (so_far.text, 0)
    assert server.messages == ["Finalize"]
    await server.until(streams=0)


async def test_a_pause_that_is_not_answered_in_time_tells_nothing_and_the_turn_all(
    ear: Deepgram, server: DeepgramServer
) -> None:
    ear.settle_s = 0.1
    server.misbehaviours = [Misbehaviour(unconfirmed=True)]
    stream = fed(ear.open(HINT), TURN[:80])
    assert await stream.so_far() is None
    assert (await stream.finish()).text == "track my order"


async def test_an_answer_to_an_older_question_is_none_to_a_newer(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), TURN[:50])
    asking = asyncio.create_task(stream.so_far())
    await server.until(messages=1)
    asking.cancel()
    fed(stream, TURN[50:110])
    so_far = await stream.so_far()
    assert so_far
    assert so_far.text == "track my order please"


@pytest.mark.parametrize("misbehaviour", [Misbehaviour(cut_s=1.5), Misbehaviour(cut_s=1.5, close_code=1011)])
async def test_a_stream_that_is_cut_is_opened_again_and_sent_what_was_not_final(
    ear: Deepgram, server: DeepgramServer, misbehaviour: Misbehaviour
) -> None:
    server.misbehaviours = [misbehaviour]
    stream = ear.open(HINT)
    for start in range(0, len(TURN), 10):
        fed(stream, TURN[start : start + 10])
        await server.until(frames=min(start + 10, 75))
    heard = await stream.finish()
    assert heard.text == "track my order please"
    assert len(server.queries) == 2
    assert server.streams[0] == list(range(len(server.streams[0])))
    assert server.streams[1] == list(range(50, len(TURN))), "one second was final already"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, RefusedError), (401, KeyRefusedError), (429, OverloadedError), (500, RefusedError)]
)
async def test_a_refusal_says_why_and_is_not_tried_again(
    ear: Deepgram, server: DeepgramServer, status: int, kind: type[RefusedError]
) -> None:
    server.misbehaviours = [Misbehaviour(status=status)]
    stream = fed(ear.open(HINT), TURN)
    with pytest.raises(kind, match=f"deepgram: websocket /listen: expected success, got HTTP {status}: not today"):
        await stream.so_far()
    with pytest.raises(kind):
        await stream.finish()
    assert len(server.queries) == 1


async def test_a_key_that_is_wrong_is_said_and_never_shown(server: DeepgramServer) -> None:
    ear = Deepgram(key="dg-wrong", url=server.url)
    with pytest.raises(KeyRefusedError, match="HTTP 401: Bad key") as caught:
        await fed(ear.open(HINT), TURN).finish()
    assert "dg-wrong" not in str(caught.value)
    await ear.close()


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("<html>", "deepgram: stream: expected JSON"),
        ("[1]", "deepgram: stream: expected a JSON object"),
        ('{"type": "Results"}', "deepgram: stream: expected Results with a transcript"),
        ('{"type": "Error", "description": "no model"}', "deepgram: stream: no model"),
    ],
)
async def test_what_is_no_answer_is_an_error(ear: Deepgram, server: DeepgramServer, says: str, error: str) -> None:
    server.misbehaviours = [Misbehaviour(says=says)]
    with pytest.raises(EngineError, match=error):
        await fed(ear.open(HINT), TURN).finish()
    assert len(server.queries) == 1


async def test_a_server_that_does_not_answer_is_given_up_and_left(ear: Deepgram, server: DeepgramServer) -> None:
    ear.deadline_s = 0.1
    server.misbehaviours = [Misbehaviour(deaf=True)]
    with pytest.raises(EngineBusyError, match=r"no result 0\.1 s after the turn"):
        await fed(ear.open(HINT), TURN).finish()
    await server.until(streams=0)


async def test_a_turn_without_a_voice_is_nothing(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), silent(500))
    so_far, heard = await stream.so_far(), await stream.finish()
    assert so_far
    assert (so_far.text, heard.text, heard.confidence) == ("", "", 0.0)
    await server.until(streams=0)


async def test_a_cancelled_turn_leaves_the_server(ear: Deepgram, server: DeepgramServer) -> None:
    server.misbehaviours = [Misbehaviour(deaf=True)]
    stream = fed(ear.open(HINT), TURN)
    await server.until(frames=len(TURN))
    finishing = asyncio.create_task(stream.finish())
    await server.until(messages=1)
    stream.cancel()
    stream.cancel()
    await server.until(streams=0)
    with pytest.raises(EngineError, match="no longer wanted"):
        await finishing


async def test_a_stream_without_audio_is_kept_alive(
    ear: Deepgram, server: DeepgramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deepgram, "_KEEP_ALIVE_S", 0.02)
    stream = fed(ear.open(HINT), TURN[:30])
    await server.until(frames=30, messages=2)
    assert set(server.messages) == {"KeepAlive"}
    assert (await stream.finish()).text == "track"


async def test_closing_the_engine_ends_its_streams(ear: Deepgram, server: DeepgramServer) -> None:
    stream = fed(ear.open(HINT), TURN)
    await server.until(frames=len(TURN))
    await ear.close()
    await server.until(streams=0)
    with pytest.raises(EngineUnavailableError, match="it is closed"):
        await stream.finish()


async def test_more_of_the_query_can_be_set(server: DeepgramServer) -> None:
    several = Hint("hi", languages=("hi", "en"))
    server.script = (
        Word(0.4, "haan", language="hi"),
        Word(0.8, "order", language="en"),
        Word(1.0, "hai", language="hi"),
    )
    ear = Deepgram(name="dg", key=server.key, url=server.url, parameters={"mip_opt_out": "true"})
    heard = await fed(ear.open(several), TURN).finish()
    await ear.close()
    assert (heard.engine, heard.language) == ("dg", "hi")
    assert {("language", "multi"), ("mip_opt_out", "true")} <= set(server.queries[0])


async def test_only_its_languages_are_served_and_a_key_is_needed(ear: Deepgram) -> None:
    assert ear.can(Hint("mr"))
    assert ear.can(Hint("ta", languages=("hi",)))
    assert not ear.can(Hint("ta"))
    with pytest.raises(EngineError, match="hears en, hi, mr, not 'ta'"):
        ear.open(Hint("ta"))
    with pytest.raises(EngineUnavailableError, match="deepgram: expected a key"):
        engine(Engines.RECOGNISERS, "deepgram")()
    with pytest.raises(EngineUnavailableError, match="expected a URL"):
        Deepgram(key="k", url="nowhere")
