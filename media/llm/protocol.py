"""What a mind is: a conversation in, a stream of text and tool calls out.

The embedded intent classifier answers a turn with one call of the tool that the turn offers as `choose`;
language models answer the same request over HTTP or in process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from media.workers.line import Rank


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation, as it was heard (not as it was generated)."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Something a mind may ask for. `parameters` is a JSON Schema; for a choice, its `intent` is an enum."""

    name: str
    description: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a mind: the messages so far, oldest first, and the tools that the flow allows at this point."""

    language: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    schema: Mapping[str, object] | None = None
    """JSON Schema of the answer's text, where it is to be JSON."""
    budget: int = 80
    """Most tokens of the answer."""
    only_calls: bool = False
    """No words are wanted: a call of one of the tools, or nothing. Those that can't help it may answer in words."""
    rank: Rank = field(default=Rank.WAITING, compare=False)
    """Who waits for it: who thinks ahead says so, and comes after the callers who hear nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the reply's text, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A mind's proposal; code decides. `confidence` is calibrated, 0 to 1."""

    name: str
    arguments: Mapping[str, object]
    confidence: float


class LanguageModel(Protocol):
    """An engine that understands and answers."""

    @property
    def name(self) -> str:
        """The engine's name in settings, logs and records."""

    @property
    def talks(self) -> bool:
        """Whether it answers in words; one that does not only chooses (the tool `choose`)."""

    def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        """The answer as it comes. Closing the iterator stops the work."""
