"""What an answer means, for the options that a step offers: a mind's guesses. Code decides what to make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from ari_app.ops.logging import get_logger
from ivr_flows.commands import Wait
from ivr_flows.events import Guess
from media.errors import EngineBusyError, EngineError
from media.llm.link import available
from media.llm.protocol import LanguageModel, Message, Request, Text, Tool, ToolCall
from media.workers.line import Rank

_log = get_logger(__name__)
_DEADLINE_S = 2.0
TOOL = "choose"
"""What a mind calls to say which of some options is meant."""
_CHOOSE = (
    "You hear what a caller answers on the telephone, as a recogniser wrote it down. If it means one of the options of "
    f"the tool {TOOL}, call it. If it means none of them, or more than one, answer: none."
)


class Understanding:
    """Asks the minds of the chain in order; the first that proposes something is heard."""

    def __init__(self, minds: Sequence[LanguageModel]) -> None:
        self.minds = minds

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        """Guesses of an option's name for `text`, best first; none for silence, no options or a mind that failed.

        In free speech only minds that do not talk are asked: those that do get the whole conversation to think about.
        Raises `EngineBusyError` for work ahead that had to make way for somebody who waits.
        """
        if not text or not wait.options:
            return ()
        names = [option.name for option in wait.options]
        request = replace(choosing(wait.language, text, names), rank=rank)
        for mind in [
            mind for mind in available(self.minds, wait.language, talking=False) if not (wait.free and mind.talks)
        ]:
            try:
                async with asyncio.timeout(_DEADLINE_S):
                    parts = [part async for part in mind.reply(request)]
            except (TimeoutError, OSError, ValueError, EngineError) as error:
                if rank is not Rank.WAITING and isinstance(error, EngineBusyError):
                    raise
                _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
                continue
            if guesses := [guess for part in parts if (guess := _guess(part, names))]:
                return tuple(sorted(guesses, key=lambda guess: -guess.confidence))
        return ()


def choosing(language: str, text: str, names: Sequence[str]) -> Request:
    """The question which of these is meant by `text`, as every mind is asked it."""
    choose = Tool(
        TOOL,
        "Which of the options the caller means.",
        {"type": "object", "properties": {"intent": {"enum": list(names)}}, "required": ["intent"]},
    )
    return Request(language, (Message("system", _CHOOSE), Message("user", text)), (choose,), only_calls=True)


def intent_of(call: ToolCall, offered: Collection[str]) -> str:
    """The offered option that a call chooses; "" for another tool, and for what was not offered."""
    intent = call.arguments.get("intent") if call.name == TOOL else None
    return intent if isinstance(intent, str) and intent in offered else ""


def _guess(part: Text | ToolCall, names: Collection[str]) -> Guess | None:
    if not isinstance(part, ToolCall):
        return None
    if intent := intent_of(part, names):
        return Guess(intent, part.confidence)
    _log.warning("mind.refused", tool=part.name)
    return None
