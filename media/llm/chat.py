"""A mind behind any server of OpenAI's `POST /v1/chat/completions`: vLLM, llama-server, Ollama, Groq.

The answer is streamed (server-sent events). What the format is: media/llm/chat_format.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Literal, get_args

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.http_engine import Answer, Deadlines, EngineHttp
from media.llm.chat_format import ChatError, ChatStream, Dropped, body_of
from media.llm.history import estimated_tokens, in_order, shortened
from media.llm.protocol import Request, Text, ToolCall
from media.llm.sse import EventError, EventStream

_log = logging.getLogger(__name__)
_PATH = "/chat/completions"
_LARGEST_BYTES = 4 << 20
_OURS = frozenset({"messages", "stream", "model", "tools", "response_format"})
_LEAST_CONTEXT = 256
BudgetField = Literal["max_tokens", "max_completion_tokens"]


class OpenAiChat:
    """A mind that talks; safe to share by all calls.

    `url` ends before /chat/completions: http://gpu:8000/v1. `temperature` None leaves it to the server. `budget_field`
    is what the server calls the most tokens of an answer. `context_tokens`: of prompt and answer together; older talk
    is left out. `confidence`: what a tool call counts for, these models tell none. `extra` goes into each request
    (`top_p`, `chat_template_kwargs` …). Raises `EngineUnavailableError` for options that can't be.
    """

    talks = True

    def __init__(
        self,
        *,
        name: str = "openai-chat",
        url: str,
        model: str,
        key: str = "",
        temperature: float | None = 0.3,
        budget_field: BudgetField = "max_tokens",
        context_tokens: int = 4096,
        confidence: float = 0.8,
        extra: Mapping[str, object] | None = None,
        connect_s: float = 1.0,
        first_token_s: float = 3.0,
        gap_s: float = 2.0,
        whole_s: float = 15.0,
    ) -> None:
        self._name = name
        self._check("model", "the model's name, as the server knows it", model, good=bool(model))
        self._check(
            "budget_field", " or ".join(get_args(BudgetField)), budget_field, good=budget_field in get_args(BudgetField)
        )
        self._check("temperature", "0 to 2", temperature, good=temperature is None or 0 <= temperature <= 2)
        self._check("confidence", "0 to 1", confidence, good=0 <= confidence <= 1)
        self._check(
            "context_tokens", f"{_LEAST_CONTEXT} at least", context_tokens, good=context_tokens >= _LEAST_CONTEXT
        )
        self._check("gap_s", "more than 0", gap_s, good=gap_s > 0)
        if taken := _OURS & set(extra or {}):
            raise EngineUnavailableError(f"{name}: extra can't set {', '.join(sorted(taken))}: each request does")
        self._model = model
        self._budget_field: BudgetField = budget_field
        self._context_tokens = context_tokens
        self._confidence = confidence
        self._extra = {**({} if temperature is None else {"temperature": temperature}), **(extra or {})}
        self._first_token_s, self._gap_s = first_token_s, gap_s
        deadlines = Deadlines(connect_s, first_token_s, whole_s)
        self._http = EngineHttp(name, url, key=key, deadlines=deadlines, largest_bytes=_LARGEST_BYTES)

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self._name

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        await self._http.close()

    async def reply(self, request: Request) -> AsyncGenerator[Text | ToolCall, None]:
        """Text as it comes, calls when they are whole. Raises `EngineError`; closing it closes the connection.

        A call whose arguments are none is left out, with a warning in the log.
        """
        async with (
            self._http.stream(_PATH, body=self._body(request), rank=request.rank) as answer,
            aclosing(self._parts(answer)) as parts,
        ):
            begun = False
            while (part := await self._next(parts, begun=begun)) is not None:
                begun = True
                if isinstance(part, Dropped):
                    _log.warning("%s: left out %s", self._name, part.reason)
                else:
                    yield part

    def _body(self, request: Request) -> dict[str, object]:
        tools = sum(estimated_tokens(f"{tool.name}{tool.description}{dict(tool.parameters)}") for tool in request.tools)
        left = self._context_tokens - request.budget - tools
        messages = in_order(shortened(request.messages, left))
        return {**body_of(replace(request, messages=messages), self._model, self._budget_field), **self._extra}

    async def _next(
        self, parts: AsyncGenerator[Text | ToolCall | Dropped, None], *, begun: bool
    ) -> Text | ToolCall | Dropped | None:
        """The next part; signs of life that say nothing don't count. Raises `EngineBusyError` past its time."""
        limit_s = self._gap_s if begun else self._first_token_s
        try:
            async with asyncio.timeout(limit_s):
                return await anext(parts, None)
        except TimeoutError as error:
            which = "nothing more" if begun else "no first token"
            raise EngineBusyError(f"{self._name}: {which} within {limit_s:g} s") from error

    async def _parts(self, answer: Answer) -> AsyncGenerator[Text | ToolCall | Dropped, None]:
        events, stream = EventStream(), ChatStream(self._confidence)
        try:
            async for chunk in answer.chunks():
                for data in events.feed(chunk):
                    for part in stream.take(data):
                        yield part
                if stream.finished:
                    return
            for data in events.finish():
                for part in stream.take(data):
                    yield part
        except (ChatError, EventError) as error:
            raise EngineError(f"{self._name}: {error}") from error
        if not stream.finished:
            raise EngineError(f"{self._name}: the stream was cut before its end")

    def _check(self, option: str, expected: str, got: object, *, good: bool) -> None:
        if not good:
            raise EngineUnavailableError(f"{self._name}: expected {option} to be {expected}, got {got!r}")
