"""The words that every part of a flow is written with."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
KEY_PATTERN = r"^[0-9*#]$"

Language = Literal["hi", "mr", "en"]
"""ISO 639-1, of the languages whose values Mercury can word."""

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)]
"""Of a flow, step, option, outcome, variable: small letters, digits and `_`."""

Key = Annotated[str, Field(pattern=KEY_PATTERN)]
"""A key of the telephone: 0-9, `*` or `#` (the last two in quotes)."""

Confidence = Annotated[float, Field(gt=0, le=1)]


class Part(BaseModel):
    """A part of a flow: fixed once read; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$")
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def _duration_ms(value: object) -> object:
    if isinstance(value, int):
        return value
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        raise PydanticCustomError("duration", "expected a time with its unit, such as 5s, 800ms or 2m")
    return round(float(found[1]) * _UNIT_MS[found[2]])


_Written = Annotated[str, Field(pattern=_DURATION.pattern, examples=["5s", "800ms", "2m"])]
DurationMs = Annotated[int, BeforeValidator(_duration_ms, json_schema_input_type=_Written), Field(ge=100, le=600_000)]
"""Written as 5s, 800ms or 2m; held in milliseconds. At most ten minutes."""
LongMs = Annotated[int, BeforeValidator(_duration_ms, json_schema_input_type=_Written), Field(ge=1000, le=7_200_000)]
"""The same, for what takes longer: from a second to two hours."""
