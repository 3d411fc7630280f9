"""What a caller may not see: numbers in full, and what people said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from ari_app.api.callers import Caller, caller_of
from ari_app.calls.privacy import MASK
from ari_app.ops.logging import mask_number
from ari_app.ops.scopes import Scope

_NUMBER = re.compile(r"(?<![\w.:-])\+?\d{6,15}(?![\w.:-])")
_NO_NUMBERS = frozenset({"id", "call_id", "order_id", "order", "next", "self"})
"""Keys whose values only look like numbers."""
_SPEECH = frozenset({"text", "heard", "transcript"})


def answer_to(
    request: web.Request, model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A model as the body of an answer, as far as the caller may see it."""
    shown = visible(caller_of(request), model.model_dump(mode="json", by_alias=True))
    text = json.dumps(shown, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def visible(caller: Caller, document: Any) -> Any:
    """A JSON document, as far as a caller may see it."""
    if caller.masked:
        document = _changed(document, "", _masked_numbers)
    return document


def visible_facts(caller: Caller, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a line of history: what was said is for those who may read transcripts."""
    if caller.may(Scope.TRANSCRIPTS):
        return dict(facts)
    return {key: _changed(value, key, _masked_speech) for key, value in facts.items()}


def _changed(value: Any, key: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, Mapping):
        return {name: _changed(inner, name, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(inner, key, change) for inner in value]
    return value


def _masked_numbers(key: str, text: str) -> str:
    return text if key in _NO_NUMBERS else _NUMBER.sub(lambda match: mask_number(match[0]), text)


def _masked_speech(key: str, text: str) -> str:
    return MASK if key in _SPEECH and text else text
