"""The chat mind against a server of its own on a real socket: streams, deadlines, errors, and leaving early."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import RefusedError
from media.llm.chat import OpenAiChat
from media.llm.protocol import Message, Request, Text, Tool, ToolCall
from media.registry import Engines, engine
from tests.standins.chat import Answer, ChatServer, calls, chat_server, says

REQUEST = Request(
    "en",
    (Message("system", "rules"), Message("user", "where is my food")),
    (Tool("choose", "Which exit.", {"type": "object", "properties": {"intent": {"enum": ["person"]}}}),),
)


def mind(server: ChatServer, **options: Any) -> OpenAiChat:
    return OpenAiChat(url=server.url, model="tiny", **{"first_token_s": 5.0, "gap_s": 5.0, **options})


async def reply(chat: OpenAiChat, request: Request = REQUEST) -> list[Text | ToolCall]:
    try:
        return [part async for part in chat.reply(request)]
    finally:
        await chat.close()


def text(parts: list[Text | ToolCall]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


@pytest.mark.parametrize("dribble", [0, 1, 7])
async def test_text_comes_in_pieces_however_the_bytes_are_cut(dribble: int) -> None:
    async with chat_server(says("आपका ऑर्डर रास्ते में है।", dribble=dribble)) as server:
        assert await reply(mind(server)) == [Text(word) for word in ("आपका ", "ऑर्डर ", "रास्ते ", "में ", "है। ")]
        (body,) = server.requests
    assert body["model"] == "tiny"
    assert body["stream"] is True
    assert body["max_tokens"] == 80
    assert body["temperature"] == 0.3
    assert body["messages"][1] == {"role": "user", "content": "where is my food"}
    assert body["tools"][0]["function"]["name"] == "choose"


async def test_options_and_what_the_request_says_are_sent() -> None:
    options: dict[str, Any] = {
        "temperature": None,
        "budget_field": "max_completion_tokens",
        "extra": {"chat_template_kwargs": {"enable_thinking": False}},
        "key": "secret",
    }
    async with chat_server(says("Yes."), key="secret") as server:
        await reply(mind(server, **options), Request("en", REQUEST.messages, (), {"type": "object"}, 20))
        (body,) = server.requests
    assert body["max_completion_tokens"] == 20
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert not {"temperature", "max_tokens", "tools"} & set(body)


async def test_old_talk_that_does_not_fit_is_left_out() -> None:
    talk = [Message("user" if n % 2 == 0 else "assistant", f"{n} " + "word " * 60) for n in range(21)]
    async with chat_server(says("Yes.")) as server:
        await reply(mind(server, context_tokens=600), Request("en", (REQUEST.messages[0], *talk)))
        (body,) = server.requests
    said = [message["content"].split()[0] for message in body["messages"]]
    assert said[0] == "rules"
    assert said[-1] == "20"
    assert 3 <= len(said) < 10


async def test_a_tool_call_is_told_once_it_is_whole() -> None:
    async with chat_server(calls("choose", '{"intent": "person"}', dribble=9)) as server:
        assert await reply(mind(server, confidence=0.7)) == [ToolCall("choose", {"intent": "person"}, 0.7)]


async def test_a_call_with_broken_arguments_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        async with chat_server(calls("choose", '{"intent": "per')) as server:
            assert await reply(mind(server)) == []
    assert "openai-chat: left out a call of choose: its arguments are no JSON" in caplog.text


async def test_leaving_early_closes_the_connection_at_once() -> None:
    async with chat_server(says("one two three", hang_after=2)) as server:
        chat = mind(server)
        parts = chat.reply(REQUEST)
        assert await anext(parts) == Text("one ")
        await parts.aclose()
        async with asyncio.timeout(2):
            await server.left.wait()
        await chat.close()


async def test_a_cancelled_wait_for_the_first_token_closes_the_connection() -> None:
    async with chat_server(says("one", hang_after=1)) as server:
        chat = mind(server)
        waiting = asyncio.ensure_future(anext(chat.reply(REQUEST)))
        await server.sending.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(2):
            await server.left.wait()
        await chat.close()


async def test_one_that_is_done_is_not_waited_for() -> None:
    usage = '{"choices": [], "usage": {}}'
    async with chat_server(Answer(("Yes.",), hang_after=3, events=(usage,))) as server:
        with pytest.raises(EngineBusyError, match="nothing more within"):
            await reply(mind(server, gap_s=0.2))
    async with chat_server(Answer(("Yes.",), hang_after=3)) as server:
        assert text(await reply(mind(server, gap_s=5.0))) == "Yes."


@pytest.mark.parametrize(
    ("answer", "first_s", "said"),
    [
        (says("one", hang_after=1), 0.2, r"no first token within 0\.2 s"),
        (says("one", alive=500, gap_s=0.02), 0.2, r"no first token within 0\.2 s"),
        (says("one two three", hang_after=2), 5.0, r"nothing more within 0\.1 s"),
    ],
    ids=["no token", "signs of life only", "stops"],
)
async def test_a_token_that_does_not_come_in_time(answer: Answer, first_s: float, said: str) -> None:
    async with chat_server(answer) as server:
        with pytest.raises(EngineBusyError, match=said):
            await reply(mind(server, first_token_s=first_s, gap_s=0.1))
        async with asyncio.timeout(2):
            await server.left.wait()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, EngineUnavailableError), (429, EngineBusyError), (500, RefusedError), (503, EngineBusyError)],
)
async def test_a_refusal_says_what_the_server_said(status: int, kind: type[Exception]) -> None:
    async with chat_server(Answer(status=status, error="the reason, and secret-key")) as server:
        with pytest.raises(kind, match=f"HTTP {status}: the reason, and ") as raised:
            await reply(mind(server, key="secret-key"))
        assert len(server.requests) == 1
    assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (says("one two three", cut_after=2), "openai-chat: "),
        (Answer(("one ",), finish=""), "the stream was cut before its end"),
        (Answer(("one ",), events=('{"error": {"message": "out of memory"}}',)), "the server failed: out of memory"),
        (Answer(("one ",), events=("nonsense",)), "expected JSON, got nonsense"),
    ],
)
async def test_a_stream_that_breaks_is_an_error_after_what_came(answer: Answer, said: str) -> None:
    got = []
    async with chat_server(answer) as server:
        chat = mind(server)
        with pytest.raises(EngineError, match=said):
            async for part in chat.reply(REQUEST):
                got.append(part)
        await chat.close()
    assert got == [Text("one ")]


async def test_nobody_at_home() -> None:
    chat = OpenAiChat(url="http://127.0.0.1:1/v1", model="tiny", name="gpu")
    with pytest.raises(EngineUnavailableError, match="gpu: POST /chat/completions: can't connect"):
        await reply(chat)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model": ""}, "expected model to be"),
        ({"temperature": 3.0}, "expected temperature to be 0 to 2, got 3.0"),
        ({"budget_field": "n_predict"}, "max_tokens or max_completion_tokens, got 'n_predict'"),
        ({"context_tokens": 10}, "expected context_tokens"),
        ({"confidence": 2.0}, "expected confidence"),
        ({"extra": {"stream": False}}, "extra can't set stream"),
        ({"url": "gpu:8000"}, "expected a URL"),
        ({"gap_s": 0}, "expected gap_s"),
    ],
)
def test_options_that_can_not_be(options: dict[str, Any], said: str) -> None:
    with pytest.raises(EngineUnavailableError, match=said):
        OpenAiChat(**{"url": "http://127.0.0.1/v1", "model": "m", **options})


def test_it_is_found_by_its_name() -> None:
    assert engine(Engines.MINDS, "openai-chat") is OpenAiChat


def test_its_key_is_nowhere_to_be_seen() -> None:
    assert "hush" not in repr(OpenAiChat(url="http://127.0.0.1/v1", model="m", key="hush"))
