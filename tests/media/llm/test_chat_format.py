"""The chat-completions format: bodies, and streams as the servers of it write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from media.llm.chat_format import ChatError, ChatStream, Dropped, body_of
from media.llm.protocol import Message, Request, Text, Tool, ToolCall


def delta(finish: str | None = None, **delta: Any) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def call(arguments: object = "", **more: Any) -> dict[str, Any]:
    name = more.pop("name", None)
    return {**more, "function": {**({"name": name} if name else {}), "arguments": arguments}}


def taken(*events: str) -> list[Text | ToolCall | Dropped]:
    stream = ChatStream(0.8)
    return [part for event in events for part in stream.take(event)]


def test_text_comes_at_once() -> None:
    stream = ChatStream()
    assert list(stream.take(delta(role="assistant", content=""))) == []
    assert list(stream.take(delta(content="It "))) == [Text("It ")]
    assert list(stream.take(delta(content=None, reasoning_content="hm"))) == []
    assert not stream.finished
    assert list(stream.take(delta("stop"))) == []
    assert stream.finished
    assert list(stream.take("[DONE]")) == []


def test_what_has_no_choice_is_passed_over() -> None:
    assert taken('{"choices": [], "usage": {"total_tokens": 4}}', '{"choices": [{"delta": null}]}') == []


def test_a_call_is_assembled_by_its_index() -> None:
    assert taken(
        delta(tool_calls=[call(index=0, id="a", name="choose")]),
        delta(tool_calls=[call('{"int', index=0), call(index=1, id="b", name="order")]),
        delta(tool_calls=[call('ent": "person"}', index=0), call("{}", index=1)]),
        delta("tool_calls"),
    ) == [ToolCall("choose", {"intent": "person"}, 0.8), ToolCall("order", {}, 0.8)]


@pytest.mark.parametrize(
    "calls",
    [
        [[call({"a": 1}, index=0, id="x", name="one"), call("{}", index=0, id="y", name="two")]],
        [[call('{"a": 1}', index=0, id="x", name="one")], [call("", index=0, id="y", name="two"), call("{}", index=0)]],
        [[call('{"a": 1}', name="one"), call("{}", name="two")]],
        [[call('{"a"', id="x", name="one")], [call(": 1}")], [call("", id="y", name="two")]],
        [
            [call('{"a"', index=0, id="x", name="one")],
            [call(": 1}", index=0, id="x", name="one")],
            [call(index=1, name="two")],
        ],
    ],
    ids=["all numbered 0", "numbered 0, in pieces", "no index, no id", "no index", "name repeated"],
)
def test_servers_that_number_calls_in_their_own_way(calls: list[list[dict[str, Any]]]) -> None:
    events = [delta(tool_calls=part) for part in calls]
    assert taken(*events, "[DONE]") == [ToolCall("one", {"a": 1}, 0.8), ToolCall("two", {}, 0.8)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (call("{not json", index=0, name="choose"), "a call of choose: its arguments are no JSON: Expecting"),
        (call("[1]", index=0, name="choose"), "a call of choose: expected an object as arguments, got list"),
        (call("{}", index=0), "a tool call without a name"),
    ],
)
def test_a_call_that_is_none_is_dropped_with_its_reason(bad: dict[str, Any], reason: str) -> None:
    text, dropped = taken(delta(content="Wait. "), delta(tool_calls=[bad]), delta("tool_calls"))
    assert text == Text("Wait. ")
    assert isinstance(dropped, Dropped)
    assert reason in dropped.reason


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{", "expected JSON, got {"),
        ("[]", "expected a JSON object"),
        ('{"error": {"message": "out of memory", "code": 500}}', "the server failed: out of memory"),
        ('{"error": "no slot"}', "the server failed: no slot"),
        ('{"answer": 1}', "expected choices"),
        (delta(tool_calls=["x"]), "expected a call of a function"),
        (delta(tool_calls=[call(name=f"n{n}") for n in range(17)]), "at most 16 calls"),
        (delta(tool_calls=[call("x" * 70_000, name="n")]), "expected arguments of at most"),
    ],
)
def test_what_is_no_answer_says_what_it_is(event: str, said: str) -> None:
    with pytest.raises(ChatError, match=said):
        taken(event)


def test_the_body_of_a_request() -> None:
    tool = Tool("order", "Looks up an order.")
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}}
    request = Request("hi", (Message("system", "rules"), Message("user", "हाँ")), (tool,), schema, 40)
    assert body_of(request, "qwen", "max_completion_tokens") == {
        "model": "qwen",
        "messages": [{"role": "system", "content": "rules"}, {"role": "user", "content": "हाँ"}],
        "stream": True,
        "max_completion_tokens": 40,
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "order",
                    "description": "Looks up an order.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema, "strict": True},
        },
    }
    plain = body_of(Request("en", (Message("user", "x"),)), "m", "max_tokens")
    assert set(plain) == {"model", "messages", "stream", "max_tokens"}
