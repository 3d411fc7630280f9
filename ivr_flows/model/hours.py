"""Opening hours as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from ivr_flows.model.base import Part

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
DAYS_PATTERN = r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"expected a time zone such as Asia/Kolkata, got {name!r}") from error
    return name


def _date(value: object) -> object:
    if isinstance(value, str) and _DATE.match(value):
        return date.fromisoformat(value)
    raise ValueError(f"expected a date such as 2026-10-02, got {value!r}")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Span = Annotated[str, Field(pattern=SPAN_PATTERN, examples=["09:00-21:00"])]
"""From when to when. One that ends at or before its beginning goes past midnight, into the next day."""
Days = Annotated[str, Field(pattern=DAYS_PATTERN, examples=["mon-fri", "sat"])]
Day = Annotated[date, BeforeValidator(_date, json_schema_input_type=Annotated[str, Field(pattern=_DATE.pattern)])]


class HoursSpec(Part):
    """When it is open, week by week, and the days on which it is not."""

    zone: Annotated[str, AfterValidator(_zone)] = Field("Asia/Kolkata", description="The time zone of the hours.")
    open: Annotated[
        Mapping[
            Days, Annotated[tuple[Span, ...], BeforeValidator(_several, json_schema_input_type=Span | tuple[Span, ...])]
        ],
        Field(min_length=1, description='By days: mon-fri: "09:00-21:00", sat: ["10:00-14:00", "16:00-20:00"].'),
    ]
    holidays: Mapping[Day, str] = Field(
        {}, description="Closed days, with their names: from midnight to midnight, whatever span comes over."
    )
