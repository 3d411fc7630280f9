"""A conversation made to fit a mind: shortened by tokens, and in the order that every chat template takes. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from media.llm.protocol import Message

_LATIN = re.compile(r"[A-Za-z \n\t]+")
_PER_MESSAGE = 4
"""Tokens that a chat template puts around a message."""
_LATIN_PER_TOKEN = 3.5
"""Letters of English words in a token; a digit, a mark and a letter of any other script count as one each, which is
more than most tokenizers take: too long a prompt fails, too short a history does not."""


def estimated_tokens(text: str) -> int:
    """How many tokens a text takes at most, as a rule, where no tokenizer is at hand."""
    others = len(_LATIN.sub("", text))
    return math.ceil((len(text) - others) / _LATIN_PER_TOKEN) + others


def shortened(
    messages: Sequence[Message], most_tokens: int, tokens: Callable[[str], int] = estimated_tokens
) -> tuple[Message, ...]:
    """The messages without the oldest that don't fit.

    What the system says stays, and the last exchange: what the caller said last, what it answered, and all after it.
    """
    last = _last_exchange(messages)
    kept = {index for index, message in enumerate(messages) if message.role == "system" or index >= last}
    left = most_tokens - sum(_cost(messages[index], tokens) for index in kept)
    for index in range(last - 1, -1, -1):
        if index in kept:
            continue
        left -= _cost(messages[index], tokens)
        if left < 0:
            break
        kept.add(index)
    return tuple(message for index, message in enumerate(messages) if index in kept)


def in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    """What the system says as one message, and first; what one side says in a row as one: some templates ask for it."""
    messages = tuple(messages)
    system = [message.text for message in messages if message.role == "system"]
    talk = [message for message in messages if message.role != "system"]
    turns = [
        Message(role, " ".join(message.text for message in said))
        for role, said in groupby(talk, key=lambda message: message.role)
    ]
    return (*((Message("system", "\n\n".join(system)),) if system else ()), *turns)


def _last_exchange(messages: Sequence[Message]) -> int:
    """Where it begins."""
    said = [index for index, message in enumerate(messages) if message.role == "user"]
    if not said:
        return max(0, len(messages) - 1)
    before = said[-1] - 1
    return before if before >= 0 and messages[before].role == "assistant" else said[-1]


def _cost(message: Message, tokens: Callable[[str], int]) -> int:
    return tokens(message.text) + _PER_MESSAGE
