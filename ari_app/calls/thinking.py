"""A mind's answer in free conversation: words to say, sentence by sentence, or the exit that is meant.

Minds that talk are asked in their order, each with what the flow knows, the lookups that it allows and its exits as one
tool; what else they would do is refused. One that only chooses may say which exit is meant, when none answered.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TypeVar

from ari_app.calls.backend import BackendError
from ari_app.calls.understanding import TOOL, choosing, intent_of
from ari_app.ops.logging import get_logger
from ivr_flows.commands import Fetch, Think
from media.errors import EngineError
from media.llm.link import available
from media.llm.protocol import LanguageModel, Message, Request, Text, Tool, ToolCall
from media.llm.reply import Budget, Reply

_log = get_logger(__name__)
_BUDGET = Budget(sentences=2, characters=300)
_MOST_TOKENS = {"en": 80}
_MOST_TOKENS_ELSE = 200
"""Of a reply: Devanagari takes some three times as many."""
_MOST_ROUNDS = 3
_TALKERS_SHARE = 0.95
"""Of the time; the rest is left to those that only choose."""
_MOST_LOOKUP_CHARACTERS = 4000
_LANGUAGES = {"en": "English", "hi": "Hindi", "mr": "Marathi"}
_FAILURES = (TimeoutError, OSError, ValueError, EngineError)
Lookup = Callable[[Fetch], Awaitable[Mapping[str, object]]]
_T = TypeVar("_T")


class ThinkingError(Exception):
    """No mind answered; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mind came to: `text` to be said, or the `exit` that is meant. `more`: it goes on."""

    engine: str
    text: str = ""
    exit: str = ""
    confidence: float = 1.0
    more: bool = False


class Thoughts:
    """One answer as it comes, within `think.timeout_ms`. To be closed, in whatever task."""

    def __init__(self, minds: Sequence[LanguageModel], think: Think, lookup: Lookup) -> None:
        self._answers = _thoughts(minds, think, lookup)

    async def next(self) -> Answer:
        """What comes next; the last one has no `more`, and perhaps no text. Raises `ThinkingError`."""
        return await anext(self._answers)

    async def close(self) -> None:
        """Stop thinking. Idempotent."""
        with suppress(RuntimeError):  # it still tidies up, having been cancelled
            await self._answers.aclose()


async def _thoughts(minds: Sequence[LanguageModel], think: Think, lookup: Lookup) -> AsyncGenerator[Answer, None]:
    """The first mind's that answers. One that fails after it began to be heard is not followed by another."""
    asked = available(minds, think.language)
    talkers = [mind for mind in asked if mind.talks]
    deadline = _now() + think.timeout_ms / 1000 * _TALKERS_SHARE
    failures = []
    for index, mind in enumerate(talkers):
        share = _now() + (deadline - _now()) / (len(talkers) - index)
        told = False
        try:
            async with aclosing(_answers(mind, think, lookup, share)) as answers:
                async for answer in answers:
                    told = True
                    yield answer
        except (*_FAILURES, ThinkingError) as error:
            _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
            failures.append(_reason(mind, error))
            if not told:
                continue
            yield Answer(mind.name)
        return
    if choice := await _chosen([mind for mind in asked if not mind.talks], think):
        yield choice
        return
    raise ThinkingError("; ".join(failures) or "no mind is configured")


async def _answers(mind: LanguageModel, think: Think, lookup: Lookup, deadline: float) -> AsyncGenerator[Answer, None]:
    """What one mind says, after the lookups that it wants. Raises as it does, and `ThinkingError` for nothing."""
    messages, told = _messages(think), False
    for round_ in range(_MOST_ROUNDS + 1):
        lookups = think.tools if round_ < _MOST_ROUNDS else {}
        call = None
        async with aclosing(_said(mind, _request(think, messages, lookups), deadline)) as said:
            async for part in said:
                if isinstance(part, ToolCall):
                    call = part
                    break
                told = True
                yield Answer(mind.name, part.text, more=True)
        if call is None:
            break
        if leave := intent_of(call, think.exits):
            yield Answer(mind.name, exit=leave, confidence=call.confidence)
            return
        messages.append(Message("system", await _in_time(_done(call, lookups, lookup), deadline)))
    if not told:
        raise ThinkingError("an empty answer")
    yield Answer(mind.name)


async def _said(mind: LanguageModel, request: Request, deadline: float) -> AsyncGenerator[Text | ToolCall, None]:
    """What may be said of a reply, a sentence at a time; no further than its budget, or the tool that it calls."""
    reply = Reply(_BUDGET)
    async with aclosing(_parts(mind, request, deadline)) as parts:
        async for part in parts:
            if isinstance(part, ToolCall):
                yield part
                return
            for sentence in reply.take(part.text):
                yield Text(sentence)
            if reply.full:
                return
    for sentence in reply.finish():
        yield Text(sentence)


async def _parts(mind: LanguageModel, request: Request, deadline: float) -> AsyncGenerator[Text | ToolCall, None]:
    """The reply as it comes, each part in time; closed with it."""
    parts: AsyncIterator[Text | ToolCall] = mind.reply(request)
    try:
        while (part := await _in_time(anext(parts, None), deadline)) is not None:
            yield part
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()


async def _in_time(work: Awaitable[_T], deadline: float) -> _T:
    async with asyncio.timeout_at(deadline):
        return await work


async def _done(call: ToolCall, lookups: Mapping[str, Fetch], lookup: Lookup) -> str:
    """What the mind is told of what it called for."""
    if call.name in lookups:
        return await _looked_up(call.name, lookups[call.name], lookup)
    _log.warning("mind.refused", tool=call.name)
    return f"{call.name} can't be called like that. Answer in words, or call a tool as it is offered."


def _reason(mind: LanguageModel, error: Exception) -> str:
    """Why it failed: with its name, which engines put there themselves."""
    said = str(error) or "no answer in time"
    return said if said.startswith(f"{mind.name}: ") else f"{mind.name}: {said}"


async def _looked_up(name: str, fetch: Fetch, lookup: Lookup) -> str:
    try:
        async with asyncio.timeout(fetch.timeout_ms / 1000):
            found = json.dumps(dict(await lookup(fetch)), ensure_ascii=False)
    except (BackendError, TimeoutError) as error:
        _log.warning("mind.lookup_failed", name=name, error=str(error) or "no answer in time")
        return f"{name} can't be found out now. Say so, and don't guess."
    return f"{name}: {found[:_MOST_LOOKUP_CHARACTERS]}"


async def _chosen(minds: Sequence[LanguageModel], think: Think) -> Answer | None:
    """The exit that is meant, for minds that only choose."""
    request = choosing(think.language, think.history[-1][1] if think.history else "", list(think.exits))
    for mind in minds:
        try:
            calls = [part async for part in mind.reply(request) if isinstance(part, ToolCall)]
        except _FAILURES as error:
            _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
            continue
        if calls and (intent := intent_of(calls[0], think.exits)):
            return Answer(mind.name, exit=intent, confidence=calls[0].confidence)
    return None


def _request(think: Think, messages: Sequence[Message], lookups: Mapping[str, Fetch]) -> Request:
    budget = _MOST_TOKENS.get(think.language, _MOST_TOKENS_ELSE)
    return Request(think.language, tuple(messages), _tools(think.exits, lookups), budget=budget)


def _messages(think: Think) -> list[Message]:
    told = [Message("user" if who == "caller" else "assistant", text) for who, text in think.history]
    return [Message("system", _instructions(think)), *told]


def _instructions(think: Think) -> str:
    facts = [f"- {' / '.join(fact.asked)}: {fact.told}" for fact in think.facts]
    return "\n".join(
        (
            *((think.persona,) if think.persona else ()),
            f"You are on the telephone. Answer in {_LANGUAGES.get(think.language, think.language)}, in words that can "
            f"be spoken: {_BUDGET.sentences} short sentences at most, no lists, no markup, no stage directions.",
            "Say only what the facts below, or a lookup, tell. Where they don't, say that you don't know.",
            f"When the caller means one of the intents of the tool {TOOL}, call it instead of answering.",
            *(("Facts:", *facts) if facts else ()),
        )
    )


def _tools(exits: Mapping[str, str], lookups: Mapping[str, Fetch]) -> tuple[Tool, ...]:
    """The exits as one choice, told when each is meant; each lookup as a tool without arguments: the flow has them."""
    nothing = {"type": "object", "properties": {}}
    asked = [Tool(name, f"Looks up {fetch.name}.", nothing) for name, fetch in lookups.items() if name != TOOL]
    meant = "".join(f"\n{name}: {when or name}" for name, when in exits.items())
    choice = {"type": "object", "properties": {"intent": {"enum": list(exits)}}, "required": ["intent"]}
    return (Tool(TOOL, f"What the caller wants, where it is one of these:{meant}", choice), *asked)


def _now() -> float:
    return asyncio.get_running_loop().time()
