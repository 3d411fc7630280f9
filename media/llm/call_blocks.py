"""Calls of tools in a model's text, as it comes: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`. Pure.

The blocks are those of Hermes and Qwen2.5; media/llm/llama_grammar.py sees to it that what stands in them is a call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from media.llm.chat_format import Dropped
from media.llm.protocol import Text, ToolCall

OPENING, CLOSING = "<tool_call>", "</tool_call>"
NONE = "none"
"""What a model says that is to call a tool or nothing, where it calls none."""


class CallBlocks:
    """One answer: text is given at once, a call when its block is closed. `confidence`: what a call counts for."""

    def __init__(self, confidence: float = 1.0) -> None:
        self._confidence = confidence
        self._rest = ""
        self._inside = False
        self._spoken = False

    def opened_by(self, piece: str) -> str | None:
        """As much of the piece as goes up to the opening of a call, where it completes one; None where it does not.

        An answer that begins as JSON is a call without its block: the opening is to be taken in its place.
        """
        if self._inside:
            return None
        if not self._spoken and piece.lstrip().startswith("{") and not self._rest.strip():
            return OPENING
        at = (self._rest + piece).find(OPENING)
        return piece[: at + len(OPENING) - len(self._rest)] if at >= 0 else None

    def take(self, piece: str) -> Iterator[Text | ToolCall | Dropped]:
        """What is whole now."""
        self._rest += piece
        while CLOSING in self._rest if self._inside else OPENING in self._rest:
            before, _, self._rest = self._rest.partition(CLOSING if self._inside else OPENING)
            if self._inside:
                yield self._call(before)
            elif before:
                yield Text(before)
            self._inside = not self._inside
        self._spoken = self._spoken or bool(self._rest.strip())
        if not self._inside and (seen := self._rest[: len(self._rest) - _begun(self._rest)]):
            self._rest = self._rest[len(seen) :]
            yield Text(seen)

    def finish(self) -> Iterator[Text | ToolCall | Dropped]:
        """What was held back; a call that its model did not bring to its end is none."""
        rest, self._rest = self._rest, ""
        if self._inside:
            yield Dropped("a call that was cut before its end; a larger budget of tokens may help")
        elif rest:
            yield Text(rest)

    def _call(self, block: str) -> ToolCall | Dropped:
        try:
            call = json.loads(block, strict=False)
        except ValueError as error:
            return Dropped(f"a call that is no JSON: {error}")
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            return Dropped("a call without a name")
        arguments = call.get("arguments", {})
        if not isinstance(arguments, dict):
            return Dropped(f"a call: expected an object as arguments, got {type(arguments).__name__}")
        return ToolCall(call["name"], arguments, self._confidence)


def _begun(text: str) -> int:
    """How many characters at its end may be the beginning of a block."""
    if OPENING[0] not in text[-len(OPENING) :]:
        return 0
    sizes = range(min(len(OPENING) - 1, len(text)), 0, -1)
    return next((size for size in sizes if OPENING.startswith(text[-size:])), 0)
