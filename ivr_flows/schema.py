"""The JSON Schema of flows files, for completion and checking in editors: made from the model, with its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr_flows.model.file import FlowsFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EVERYWHERE: Mapping[str, str] = {
    "after": "Time after which it is done.",
    "again": "The key that has it spoken again.",
    "ask": "The question, the choice before its key: to decline, press two.",
    "barge_in": "Whether a key or speech cuts this step's words short.",
    "branch": "The cases, in the order in which they are tried.",
    "confidence": "Speech below it is not taken; the flow's unless given.",
    "decide": "The outcome that is committed.",
    "description": "For who reads the file; nobody hears it.",
    "ends_with": "The key that ends the entry.",
    "failed": "The step that follows a failure.",
    "flow": "The flow that is run.",
    "hang_up": "The outcome that the call ends with, unless one was decided.",
    "into": "The variable that holds the answer.",
    "keep": "The key that keeps it.",
    "key": "The key of the telephone; * and # in quotes.",
    "language": "The language, or the languages and their keys.",
    "longest": "Time after which the recording ends.",
    "max": "Most digits.",
    "min": "Fewest digits.",
    "name": "What is asked for or sent, in the service's word.",
    "next": "The step that follows.",
    "no_input": "What is done when no answer comes; what is not said here, the flow says.",
    "no_match": "What is done when an answer means nothing; what is not said here, the flow says.",
    "options": "The answers, by their names.",
    "otherwise": "The step that follows when no case holds.",
    "say": "What is said.",
    "set": "Variables, and the texts that they get.",
    "sound": "The file, its path relative to the flows file.",
    "speed": "1.0 is the voice's own.",
    "text": "What is spoken; {{ name }} is an input or a variable.",
    "timeout": "Time after which it has failed.",
    "voice": "The engine's voice; its own for the language unless given.",
    "wait": "How long.",
}
"""Words that mean the same wherever they stand, for fields that the model says nothing more of."""


def json_schema() -> dict[str, Any]:
    """The schema as plain JSON values. It knows the shape; what names must agree, the rules know."""
    schema = {"$schema": DIALECT, **FlowsFile.model_json_schema(), "title": "Mercury flows"}
    for part in schema["$defs"].values():
        for name, field in part.get("properties", {}).items():
            if name in _EVERYWHERE:
                field.setdefault("description", _EVERYWHERE[name])
    return schema
