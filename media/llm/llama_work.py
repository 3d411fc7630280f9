"""One answer of a model of llama.cpp, in the thread of who asks: the prompt made and taken up, then token by token."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from media.errors import EngineError
from media.llm.call_blocks import CallBlocks
from media.llm.chat_format import Dropped
from media.llm.chat_template import ChatTemplate, ChatTemplateError
from media.llm.history import in_order, shortened
from media.llm.llama_grammar import GrammarError, call_grammar, call_or_none_grammar, grammar_of
from media.llm.llama_model import Abort, LlamaModel, State
from media.llm.llama_sampler import Sampler
from media.llm.prefixes import Counters, Prefixes, Tokens, common, tokens_of
from media.llm.protocol import Message, Request, Text, Tool, ToolCall

_MARGIN = 16
"""Tokens that a template may put around the whole."""
_LEAST_ANSWER = 16
_WORTH_KEEPING = 64
"""Tokens of a call's talk that another's would push out: fewer are sooner evaluated than copied."""
WRITING = Text("")
"""A sign of life: something was written, though perhaps nothing that is told yet."""
Tell = Callable[[Text | ToolCall | Dropped], None]


@dataclass(frozen=True, slots=True)
class Habits:
    """How answers are written. `seed` None: by chance. `tools_by`: who tells of tools, see `ChatTemplate`."""

    temperature: float = 0.3
    seed: int | None = None
    confidence: float = 0.8
    template_values: Mapping[str, object] = field(default_factory=dict)
    tools_by: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's tokens; the first `fixed` are the same whatever the caller says. `budget`: tokens of the answer."""

    tokens: Tokens
    fixed: int
    budget: int


@dataclass(frozen=True, slots=True)
class _Kept:
    tokens: Tokens
    state: State


class LlamaWork:
    """One loaded model with its template, and the beginnings of prompts that it keeps. One thread at a time."""

    def __init__(self, model: LlamaModel, template: ChatTemplate, habits: Habits, cache_bytes: int) -> None:
        self.counters = Counters()
        self._model = model
        self._template = template
        self._habits = habits
        self._prefixes: Prefixes[_Kept] = Prefixes(cache_bytes)

    def close(self) -> None:
        """Free the model. Idempotent."""
        self._model.close()

    def reply(self, request: Request, tell: Tell, abort: Abort) -> None:
        """Tell the answer as it comes. Blocks. Raises `StoppedError` soon after `abort` is set, and `EngineError`."""
        try:
            prompt = self.prompt(request)
            self._take_up(prompt, abort)
            for part in self._answer(request, prompt.budget, abort):
                tell(part)
        except (ChatTemplateError, GrammarError) as error:
            raise EngineError(str(error)) from error

    def prompt(self, request: Request) -> Prompt:
        """The request as tokens, older talk left out until it fits. Raises `EngineError` where it can't fit."""
        messages = in_order(request.messages)
        system = [message for message in messages if message.role == "system"]
        talk = [message for message in messages if message.role != "system"]
        beginning = self._tokens([*system, Message("user", "-")], request.tools)
        room = self._model.context_tokens - request.budget - _MARGIN - len(beginning)
        tokens = self._tokens([*system, *shortened(talk, room, self._count)], request.tools)
        left = self._model.context_tokens - len(tokens)
        if left < min(_LEAST_ANSWER, request.budget):
            raise EngineError(
                f"a prompt of {len(tokens)} tokens does not fit a context of {self._model.context_tokens}; "
                "set a larger n_ctx, or shorten persona and facts"
            )
        return Prompt(tokens, min(common(tokens, beginning), len(tokens) - 1), min(request.budget, left))

    def _tokens(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Tokens:
        return self._model.tokens(self._template.text(messages, tools))

    def _count(self, text: str) -> int:
        return len(self._model.tokens(text, marks=False))

    def _take_up(self, prompt: Prompt, abort: Abort) -> None:
        """Have the context hold the prompt, from what is held or kept; keep its fixed beginning, and what has to go."""
        held = self._model.held
        if len(held) - common(prompt.tokens, held) >= _WORTH_KEEPING:
            self._keep(held.copy(), grows=True)
        plan = self._prefixes.plan(prompt.tokens, held)
        if plan.state:
            self._model.restore(plan.state.state, plan.state.tokens)
            self.counters.restored += 1
        reused = self._model.keep_first(plan.reused)
        self.counters.reused += reused
        if prompt.fixed > reused:
            self._evaluate(prompt.tokens[reused : prompt.fixed], abort)
            self._keep(prompt.tokens[: prompt.fixed])
        self._evaluate(prompt.tokens[max(reused, prompt.fixed) :], abort)

    def _evaluate(self, tokens: Tokens, abort: Abort) -> None:
        before = len(self._model.held)
        try:
            self._model.evaluate(tokens, abort)
        finally:
            self.counters.evaluated += len(self._model.held) - before

    def _keep(self, beginning: Tokens, *, grows: bool = False) -> None:
        size = self._model.state_bytes()
        if self._prefixes.wants(beginning, size):
            self._prefixes.keep(beginning, _Kept(beginning, self._model.state()), size, grows=grows)
            self.counters.kept += 1

    def _answer(self, request: Request, budget: int, abort: Abort) -> Iterator[Text | ToolCall | Dropped]:
        """Words and the first call; while nothing is told that is written, a sign of life."""
        blocks = CallBlocks(self._habits.confidence)
        for piece in self._pieces(request, Writer(self._model, self.counters, budget, abort), blocks):
            silent = True
            for part in blocks.take(piece):
                if not isinstance(part, Text):
                    yield part
                    return
                if not request.only_calls:
                    silent = False
                    yield part
            if silent:
                yield WRITING
        yield from (part for part in blocks.finish() if not (request.only_calls and isinstance(part, Text)))

    def _pieces(self, request: Request, writer: Writer, blocks: CallBlocks) -> Iterator[str]:
        """The text as it is written; from the opening of a call on nothing but a call."""
        if request.only_calls and request.tools:
            yield from writer.pieces(grammar=_calls(_described(request.tools), opened=False))
            return
        grammar = grammar_of(request.schema) if request.schema is not None else ""
        for piece in writer.pieces(temperature=self._habits.temperature, seed=self._habits.seed, grammar=grammar):
            opening = blocks.opened_by(piece) if request.tools and not grammar else None
            yield piece if opening is None else opening
            if opening is not None:
                writer.end_with(opening)
                yield from writer.pieces(grammar=_calls(_described(request.tools), opened=True))
                return


class Writer:
    """Writes one answer, token by token, after what the context holds."""

    def __init__(self, model: LlamaModel, counters: Counters, budget: int, abort: Abort) -> None:
        self._model = model
        self._counters = counters
        self._left = budget
        self._abort = abort
        self._written = tokens_of(())
        self._letters = codecs.getincrementaldecoder("utf-8")("replace")

    def pieces(self, *, temperature: float = 0.0, seed: int | None = None, grammar: str = "") -> Iterator[str]:
        """The text as it is written, until the turn ends or the budget is spent."""
        with Sampler(self._model, temperature=temperature, seed=seed, grammar=grammar) as sampler:
            while self._left > 0:
                self._model.evaluate(self._written, self._abort)
                self._written = tokens_of(())
                self._abort.check()
                token = sampler.next()
                if self._model.ends(token):
                    return
                self._left -= 1
                self._counters.written += 1
                self._written = tokens_of((token,))
                if piece := self._letters.decode(self._model.piece(token)):
                    yield piece

    def end_with(self, text: str) -> None:
        """Take the piece that was written last for this text: its beginning."""
        self._written = self._model.tokens(text)


def _described(tools: Sequence[Tool]) -> str:
    return json.dumps([[tool.name, dict(tool.parameters)] for tool in tools], ensure_ascii=False)


@lru_cache(maxsize=64)
def _calls(tools: str, *, opened: bool) -> str:
    """The grammar for these tools: it takes longer to make than a token."""
    offered = [Tool(name, "", parameters) for name, parameters in json.loads(tools)]
    return call_grammar(offered) if opened else call_or_none_grammar(offered)
