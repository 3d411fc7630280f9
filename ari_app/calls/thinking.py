"""A mind's answer in free conversation: words to say, or the exit that is meant.

Minds that talk are asked in their order, each with what the flow knows and the lookups that it allows; one that only
chooses may say which exit is meant, when none of them answered.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from ari_app.calls.backend import BackendError
from ari_app.calls.understanding import choosing
from ari_app.ops.logging import get_logger
from ivr_flows.commands import Fetch, Think
from media.errors import EngineError
from media.llm.link import available
from media.llm.protocol import LanguageModel, Message, Request, Tool, ToolCall

_log = get_logger(__name__)
MOST_SENTENCES = 2
MOST_CHARACTERS = 300
_MOST_ROUNDS = 3
_TALKERS_SHARE = 0.95
"""Of the time; the rest is left to those that only choose."""
_MOST_LOOKUP_CHARACTERS = 4000
_LANGUAGES = {"en": "English", "hi": "Hindi", "mr": "Marathi"}
_SENTENCE = re.compile(r".+?[.!?।]+(?=\s|$)", re.DOTALL)
_FAILURES = (TimeoutError, OSError, ValueError, EngineError)
Lookup = Callable[[Fetch], Awaitable[Mapping[str, object]]]


class ThinkingError(Exception):
    """No mind answered; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mind came to: `text` to be said, or the `exit` that is meant."""

    engine: str
    text: str = ""
    exit: str = ""
    confidence: float = 1.0


async def thought(minds: Sequence[LanguageModel], think: Think, lookup: Lookup) -> Answer:
    """The first answer of the chain, within `think.timeout_ms`. Raises `ThinkingError`."""
    minds = available(minds, think.language)
    talkers = [mind for mind in minds if mind.talks]
    deadline = asyncio.get_running_loop().time() + think.timeout_ms / 1000 * _TALKERS_SHARE
    failures = []
    for index, mind in enumerate(talkers):
        left_s = deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(left_s / (len(talkers) - index)):
                return await _answer(mind, think, lookup)
        except (*_FAILURES, ThinkingError) as error:
            _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
            failures.append(f"{mind.name}: {str(error) or 'no answer in time'}")
    if choice := await _chosen([mind for mind in minds if not mind.talks], think):
        return choice
    raise ThinkingError("; ".join(failures) or "no mind is configured")


def spoken(text: str) -> str:
    """What of a reply is said: whole sentences, two at most, and no more than 300 characters."""
    plain = " ".join(text.replace("*", "").replace("#", "").split())
    sentences = _SENTENCE.findall(plain)[:MOST_SENTENCES] or [plain]
    kept = "".join(sentences)
    while len(kept) > MOST_CHARACTERS and len(sentences) > 1:
        sentences.pop()
        kept = "".join(sentences)
    return kept.strip() if len(kept) <= MOST_CHARACTERS else kept[:MOST_CHARACTERS].rpartition(" ")[0]


async def _answer(mind: LanguageModel, think: Think, lookup: Lookup) -> Answer:
    messages = _messages(think)
    for round_ in range(_MOST_ROUNDS + 1):
        lookups = think.tools if round_ < _MOST_ROUNDS else {}
        text, call = await _reply(mind, Request(think.language, tuple(messages), _tools(think.exits, lookups)))
        if call is None or call.name not in {**think.exits, **lookups}:
            break
        if call.name in think.exits:
            return Answer(mind.name, exit=call.name, confidence=call.confidence)
        messages.append(Message("system", await _looked_up(call.name, lookups[call.name], lookup)))
    if words := spoken(text):
        return Answer(mind.name, words)
    raise ThinkingError("an empty answer")


async def _reply(mind: LanguageModel, request: Request) -> tuple[str, ToolCall | None]:
    """The text until it is enough, or the first tool that is asked for."""
    parts, text = mind.reply(request), ""
    try:
        async for part in parts:
            if isinstance(part, ToolCall):
                return text, part
            text += part.text
            if len(text) > MOST_CHARACTERS or len(_SENTENCE.findall(text)) > MOST_SENTENCES:
                break
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()
    return text, None


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
            _, call = await _reply(mind, request)
        except _FAILURES as error:
            _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
            continue
        if call and (intent := str(call.arguments.get("intent", ""))) in think.exits:
            return Answer(mind.name, exit=intent, confidence=call.confidence)
    return None


def _messages(think: Think) -> list[Message]:
    told = [Message("user" if who == "caller" else "assistant", text) for who, text in think.history]
    return [Message("system", _instructions(think)), *told]


def _instructions(think: Think) -> str:
    facts = [f"- {' / '.join(fact.asked)}: {fact.told}" for fact in think.facts]
    return "\n".join(
        (
            *((think.persona,) if think.persona else ()),
            f"You are on the telephone. Answer in {_LANGUAGES.get(think.language, think.language)}, in words that can "
            f"be spoken: {MOST_SENTENCES} short sentences at most, no lists, no markup.",
            "Say only what the facts below, or a lookup, tell. Where they don't, say that you don't know.",
            "When the caller means one of the exits among the tools, call it instead of answering.",
            *(("Facts:", *facts) if facts else ()),
        )
    )


def _tools(exits: Mapping[str, str], lookups: Mapping[str, Fetch]) -> tuple[Tool, ...]:
    nothing = {"type": "object", "properties": {}}
    asked = [Tool(name, f"Looks up {fetch.name}.", nothing) for name, fetch in lookups.items() if name not in exits]
    return (*(Tool(name, when or name, nothing) for name, when in exits.items()), *asked)
