"""The chat-completions format, pure: a `Request` as its JSON body, the events of its stream as text and tool calls.

As OpenAI describes it (API reference, "Create chat completion", and its streaming), and as vLLM, llama-server, Ollama
and Groq speak it: some number every call 0, some give a call whole, some leave `index` out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from media.llm.protocol import Request, Text, Tool, ToolCall

DONE = "[DONE]"
_MOST_CALLS = 16
_MOST_ARGUMENTS = 65_536
_SHOWN = 200


class ChatError(ValueError):
    """The stream holds something else than it should, or the server's own error."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A call that can't be taken for one; `reason` says why, without what a caller may have said."""

    reason: str


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class ChatStream:
    """One answer as it comes: takes the data of events, gives text at once and tool calls when they are whole."""

    confidence: float = 1.0
    """What a call counts for: these models tell none."""
    finished: bool = False
    """Whether the server said that it is done: a stream that ends before was cut."""
    _calls: list[_Call] = field(default_factory=list)
    _by_index: dict[int, _Call] = field(default_factory=dict)

    def take(self, data: str) -> Iterator[Text | ToolCall | Dropped]:
        """What an event holds. Raises `ChatError`."""
        if data.strip() == DONE:
            yield from self._end()
            return
        choice = _choice(data)
        delta = choice.get("delta") or choice.get("message") or {}
        if isinstance(content := delta.get("content"), str) and content:
            yield Text(content)
        for call in delta.get("tool_calls") or ():
            self._add(call)
        if choice.get("finish_reason"):
            yield from self._end()

    def _end(self) -> Iterator[ToolCall | Dropped]:
        self.finished = True
        calls, self._calls = self._calls, []
        for call in calls:
            yield _made(call, self.confidence)

    def _add(self, delta: Any) -> None:
        function = delta.get("function") if isinstance(delta, dict) else None
        if not isinstance(function, dict):
            raise ChatError(f"expected a call of a function, got {_short(delta)}")
        name, arguments = str(function.get("name") or ""), function.get("arguments") or ""
        call = self._call(delta.get("index"), str(delta.get("id") or ""), name)
        call.name = call.name or name
        call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)
        if len(call.arguments) > _MOST_ARGUMENTS:
            raise ChatError(f"expected arguments of at most {_MOST_ARGUMENTS} characters, they go on")

    def _call(self, index: object, id_: str, name: str) -> _Call:
        """The call that a delta is part of, or the new one that it begins."""
        numbered = isinstance(index, int)
        known = self._by_index.get(index) if isinstance(index, int) else next(reversed(self._calls), None)
        if known and not (name and known.name and (id_ != known.id if id_ else not numbered)):
            return known
        if len(self._calls) >= _MOST_CALLS:
            raise ChatError(f"expected at most {_MOST_CALLS} calls in an answer")
        call = _Call(id_)
        self._calls.append(call)
        if isinstance(index, int):
            self._by_index[index] = call
        return call


def body_of(request: Request, model: str, budget_field: str) -> dict[str, object]:
    """The request as JSON; `budget_field` is what the server calls the most tokens of an answer."""
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.text} for message in request.messages],
        "stream": True,
        budget_field: request.budget,
    }
    if request.tools:
        body["tools"] = [_function(tool) for tool in request.tools]
    if request.schema is not None:
        schema = {"name": "answer", "schema": dict(request.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _function(tool: Tool) -> dict[str, object]:
    parameters = dict(tool.parameters) or {"type": "object", "properties": {}}
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }


def _choice(data: str) -> Mapping[str, Any]:
    """The first choice of an event; {} where it has none (usage at the end)."""
    try:
        event = json.loads(data)
    except ValueError as error:
        raise ChatError(f"expected JSON, got {_short(data)}") from error
    if not isinstance(event, dict):
        raise ChatError(f"expected a JSON object, got {_short(data)}")
    if failure := event.get("error"):
        said = failure.get("message") if isinstance(failure, dict) else failure
        raise ChatError(f"the server failed: {_short(said or failure)}")
    choices = event.get("choices")
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise ChatError(f"expected choices, got {_short(data)}")
    return choices[0] if choices else {}


def _made(call: _Call, confidence: float) -> ToolCall | Dropped:
    if not call.name:
        return Dropped("a tool call without a name")
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError as error:
        return Dropped(f"a call of {_short(call.name)}: its arguments are no JSON: {error}")
    if not isinstance(arguments, dict):
        return Dropped(
            f"a call of {_short(call.name)}: expected an object as arguments, got {type(arguments).__name__}"
        )
    return ToolCall(call.name, arguments, confidence)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
