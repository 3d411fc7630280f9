"""A conversation as a model wants to read it: by the chat template that the model brings (Jinja). Pure.

Templates are written for the environment that Hugging Face's transformers gives them ("Chat templates" in its
documentation): blocks trimmed, `tojson`, `raise_exception`, loop controls. They are strangers' code: sandboxed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from media.llm.protocol import Message, Tool

_BLOCK = "<tool_call>"
_MARKS = re.compile(r"<[|｜][^<>|｜]*[|｜]>|</?tool_call>|</?s>|</?(?:start|end)_of_turn>|\[/?(?:INST|TOOL_CALLS)\]")
"""By which models tell who speaks: nobody's words may hold any."""
_OFFER = (
    "You can call these tools, described by JSON Schema:\n{tools}\n"
    'To call one, answer with nothing but\n<tool_call>\n{{"name": "…", "arguments": {{…}}}}\n</tool_call>'
)


class ChatTemplateError(ValueError):
    """The template can't be read, or refuses every form of the conversation; the text says why."""


class ChatTemplate:
    """A model's template. `values` are variables of its own, such as `enable_thinking`.

    Tools are offered by the template where it knows calls in <tool_call> blocks, else by a text of the system's; `told`
    is "template" or "text" to fix that. Raises `ChatTemplateError` for what is no template.
    """

    def __init__(
        self, source: str, *, values: Mapping[str, object] | None = None, bos: str = "", eos: str = "", told: str = ""
    ) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = _json
        environment.globals.update(raise_exception=_refuse, strftime_now=_now)
        try:
            self._template = environment.from_string(source)
        except TemplateError as error:
            raise ChatTemplateError(f"the chat template can't be read: {error}") from error
        self.offers_tools = told == "template" or (not told and "tools" in source and _BLOCK in source)
        self._values = {"bos_token": bos, "eos_token": eos, **(values or {})}

    def text(self, messages: Sequence[Message], tools: Sequence[Tool] = (), *, answering: bool = True) -> str:
        """The whole prompt; `answering`: up to where the answer begins.

        Some templates have no system, or want the caller to speak first: they get the first form that they take.
        Raises `ChatTemplateError` where they take none.
        """
        messages = [Message(message.role, _MARKS.sub("", message.text)) for message in messages]
        offered = [_function(tool) for tool in tools] if self.offers_tools and tools else None
        if tools and not offered:
            messages = _told(messages, tools)
        refused: Exception | None = None
        for form in _forms(messages):
            talk = [{"role": message.role, "content": message.text} for message in form]
            values = {**self._values, "messages": talk, "tools": offered, "add_generation_prompt": answering}
            try:
                return self._template.render(values)
            except (TemplateError, TypeError, LookupError, ValueError) as error:
                refused = refused or error
        raise ChatTemplateError(f"the chat template refuses the conversation: {refused}") from refused


def _told(messages: list[Message], tools: Sequence[Tool]) -> list[Message]:
    """With the tools in what the system says."""
    lines = "\n".join(_json(_function(tool)["function"]) for tool in tools)
    offer = _OFFER.format(tools=lines)
    first, *rest = messages if messages and messages[0].role == "system" else [Message("system", ""), *messages]
    return [Message("system", f"{first.text}\n\n{offer}".strip()), *rest]


def _forms(messages: list[Message]) -> Iterator[list[Message]]:
    """The conversation as it is; then without a system, with the caller first."""
    yield messages
    system = [message.text for message in messages if message.role == "system"]
    talk = [message for message in messages if message.role != "system"]
    if not talk or talk[0].role != "user":
        talk = [Message("user", ""), *talk]
    yield [Message("user", "\n\n".join([*system, talk[0].text]).strip()), *talk[1:]]


def _function(tool: Tool) -> dict[str, Any]:
    parameters = dict(tool.parameters) or {"type": "object", "properties": {}}
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


def _json(value: object, **how: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **how)


def _refuse(reason: str) -> None:
    raise TemplateError(reason)


def _now(form: str) -> str:
    return datetime.now(UTC).strftime(form)
