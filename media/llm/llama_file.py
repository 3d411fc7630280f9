"""A GGUF file on its way to work: what it says of itself, what it needs, loading it, and its first answers."""

from __future__ import annotations

from media.errors import EngineError, EngineUnavailableError
from media.llm.chat_template import ChatTemplate, ChatTemplateError
from media.llm.gguf_header import GgufError, read_header
from media.llm.gguf_parts import is_later_part, parts
from media.llm.llama_model import Abort, LlamaModel, ModelOptions
from media.llm.llama_need import Placing, need_of
from media.llm.llama_work import Habits, LlamaWork
from media.llm.protocol import Message, Request, Tool
from media.needs import Need

_MIB = 1 << 20
_WARM_TOKENS = 8
_WARM = (Message("system", "You are on the telephone."), Message("user", "Hello."))
_WARM_TOOL = Tool("choose", "", {"type": "object", "properties": {"intent": {"enum": ["yes", "no"]}}})
_NO_TEMPLATE = "the model brings no chat template: take one that was taught to answer (-instruct, -it)"


class ModelFile:
    """The file of one engine, `name`. Raises `EngineUnavailableError` for what is no language model in GGUF."""

    def __init__(self, name: str, options: ModelOptions, habits: Habits, cache_mib: int) -> None:
        self._name = name
        self._options = options
        self._habits = habits
        self._cache_mib = cache_mib
        if not options.path.is_file():
            raise EngineUnavailableError(f"{name}: there is no model {options.path}: expected the path of a .gguf file")
        if is_later_part(options.path):
            raise EngineUnavailableError(f"{name}: {options.path} is no first part: give {parts(options.path)[0].name}")
        try:
            self._header = read_header(options.path)
            self._shape = self._header.shape()
            self._bytes = sum(part.stat().st_size for part in parts(options.path))
        except (GgufError, OSError) as error:
            raise EngineUnavailableError(f"{name}: {options.path} is no model for llama.cpp: {error}") from error

    def need(self, *, gpu: bool) -> Need:
        """What it takes of the machine; `gpu`: whether llama.cpp can use one."""
        options = self._options
        placing = Placing(options.context, options.batch, options.gpu_layers, gpu)
        return need_of(self._bytes, self._shape, placing, self._cache_mib)

    def load(self) -> LlamaWork:
        """The model, after an answer in words and one by a call: callers don't wait for what is made only once. Blocks.

        Raises `EngineUnavailableError` with the remedy.
        """
        try:
            model = LlamaModel(self._options)
        except EngineUnavailableError as error:
            raise EngineUnavailableError(f"{self._name}: {error}") from error
        try:
            template = self._template(model)
            self._warm(LlamaWork(model, template, self._habits, 0))
        except EngineError as error:
            model.close()
            raise EngineUnavailableError(f"{self._name}: no answers here: {error}") from error
        return LlamaWork(model, template, self._habits, self._cache_mib * _MIB)

    def _warm(self, work: LlamaWork) -> None:
        for only_calls in (False, True):
            request = Request("en", _WARM, (_WARM_TOOL,), budget=_WARM_TOKENS, only_calls=only_calls)
            work.reply(request, lambda _: None, Abort())

    def _template(self, model: LlamaModel) -> ChatTemplate:
        if not self._header.template:
            raise EngineError(_NO_TEMPLATE)
        values = {"enable_thinking": False, **self._habits.template_values}
        try:
            return ChatTemplate(
                self._header.template,
                values=values,
                bos=model.special("bos"),
                eos=model.special("eos"),
                told=self._habits.tools_by,
            )
        except ChatTemplateError as error:
            raise EngineError(str(error)) from error
