"""Grammars (GBNF) by which llama.cpp lets a model write nothing but a call of an offered tool, or JSON of a schema.

llama-cpp-python turns JSON Schema into rules; what its converter gets wrong for us is set right here: letters of other
scripts stay letters (a model that has to write \\u0939 for ह goes astray), a backslash in a literal is one.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from media.llm.call_blocks import CLOSING, NONE, OPENING
from media.llm.protocol import Tool

_ROOT = re.compile(r"^root ::= ", re.MULTILINE)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}


class GrammarError(ValueError):
    """A JSON Schema that no grammar can be made of; the text says why."""


def grammar_of(schema: Mapping[str, object]) -> str:
    """JSON that the schema allows. Raises `GrammarError`."""
    converter = _converter()
    try:
        converter.visit(converter.resolve_refs(json.loads(json.dumps(dict(schema))), "schema"), "")
    except (AssertionError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise GrammarError(f"no grammar can be made of the JSON schema {_short(schema)}: {error}") from error
    return str(converter.format_grammar())


def call_grammar(tools: Sequence[Tool]) -> str:
    """What follows the opening of a block: a call of one of the tools, and the closing. Raises `GrammarError`."""
    return f"root ::= block\n{_block(tools)}"


def call_or_none_grammar(tools: Sequence[Tool]) -> str:
    """A call of one of the tools in its block, or the word "none". Raises `GrammarError`."""
    return f'root ::= "{OPENING}" block | "{NONE}"\n{_block(tools)}'


def _block(tools: Sequence[Tool]) -> str:
    call = _ROOT.sub("call ::= ", grammar_of({"oneOf": [_call(tool) for tool in tools]}))
    return f'block ::= line call line "{CLOSING}"\nline ::= "\\n"?\n{call}'


def _call(tool: Tool) -> dict[str, object]:
    arguments = dict(tool.parameters) or {"type": "object", "properties": {}}
    properties = {"name": {"const": tool.name}, "arguments": arguments}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _converter() -> Any:
    package = importlib.import_module("llama_cpp.llama_grammar")

    class Converter(package.SchemaConverter):  # type: ignore[misc, name-defined]
        def _generate_constant_rule(self, value: object) -> str:
            return _literal(json.dumps(value, ensure_ascii=False))

        def _format_literal(self, literal: str) -> str:
            return _literal(literal)

    return Converter(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)


def _literal(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


def _short(schema: Mapping[str, object]) -> str:
    text = json.dumps(dict(schema), ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"
