"""What an answer means, for the options that a step offers: a mind's guesses. Code decides what to make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ari_app.ops.logging import get_logger
from ivr_flows.commands import Wait
from ivr_flows.events import Guess
from media.errors import EngineError
from media.llm.link import available
from media.llm.protocol import LanguageModel, Message, Request, Tool, ToolCall

_log = get_logger(__name__)
_DEADLINE_S = 2.0


class Understanding:
    """Asks the minds of the chain in order; the first that proposes something is heard."""

    def __init__(self, minds: Sequence[LanguageModel]) -> None:
        self.minds = minds

    async def guesses(self, text: str, wait: Wait) -> tuple[Guess, ...]:
        """Guesses of an option's name for `text`, best first; none for silence, no options or a mind that failed.

        In free speech only minds that do not talk are asked: those that do get the whole conversation to think about.
        """
        if not text or not wait.options:
            return ()
        request = choosing(wait.language, text, [option.name for option in wait.options])
        for mind in [mind for mind in available(self.minds, wait.language) if not (wait.free and mind.talks)]:
            try:
                async with asyncio.timeout(_DEADLINE_S):
                    guesses = [_guess(part) async for part in mind.reply(request) if isinstance(part, ToolCall)]
            except (TimeoutError, OSError, ValueError, EngineError) as error:
                _log.warning("mind.failed", engine=mind.name, error=str(error) or type(error).__name__)
                continue
            if guesses:
                return tuple(sorted(guesses, key=lambda guess: -guess.confidence))
        return ()


def choosing(language: str, text: str, names: Sequence[str]) -> Request:
    """The question which of these is meant by `text`, as every mind is asked it."""
    choose = Tool(
        "choose",
        "Which of the options the caller means.",
        {"type": "object", "properties": {"intent": {"enum": list(names)}}, "required": ["intent"]},
    )
    return Request(language, (Message("user", text),), (choose,))


def _guess(call: ToolCall) -> Guess:
    return Guess(str(call.arguments.get("intent", "")), call.confidence)
