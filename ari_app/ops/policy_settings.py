"""The settings' section `policy`: what may be dialled, when, how often and at what cost. See docs/policy.md."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
CallerId = Annotated[str, Field(pattern=r"^(\+?[0-9]{1,15}\*?|\*)$")]
PurposeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_Count = Annotated[int, Field(ge=0)]
_Rupees = Annotated[float, Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PurposeSettings(_Section):
    """One kind of call. As strict as India's rules for commercial calls, unless told otherwise."""

    hours: str = Field(
        "09:00-21:00",
        pattern=_HOURS,
        description="When attempts may begin, by the policy's zone; 00:00-24:00 is always; may run past midnight.",
    )
    days: tuple[Day, ...] = Field(DAYS, min_length=1)
    caller_ids: tuple[CallerId, ...] = Field(
        (), description="Caller ids that may be shown: whole numbers, or beginnings such as +911600*. None: no call."
    )
    attempts_per_day: _Count | None = Field(None, description="To one number for this purpose; as in all unless given.")

    @field_validator("hours")
    @classmethod
    def _lasting(cls, hours: str) -> str:
        opens, closes = minutes_of(hours)
        if opens == closes:
            raise ValueError(f"expected an end that is not the beginning, got {hours}; 00:00-24:00 is always")
        return hours


_PURPOSES = {
    "service": PurposeSettings(caller_ids=("+911600*",)),
    "promotional": PurposeSettings(caller_ids=("+91140*",), attempts_per_day=1),
}


class PolicySettings(_Section):
    """What may be dialled. The test trunk reaches our own phones alone: only the list, the switch and the cap count."""

    zone: str = Field("Asia/Kolkata", description="Where days begin and hours are told.")
    purposes: dict[PurposeName, PurposeSettings] = Field(
        default_factory=lambda: dict(_PURPOSES), description="All purposes that calls may have; no others are dialled."
    )
    default_purpose: PurposeName = Field("service", description="Of calls that name none.")
    closures: tuple[date, ...] = Field((), description="Days on which nothing is dialled, e.g. [2026-01-26].")
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = Field(("IN",), description="ISO 3166.")
    kinds: tuple[str, ...] = Field(
        ("mobile", "fixed_line", "fixed_line_or_mobile"), description="Kinds of number, in libphonenumber's words."
    )
    attempts_per_day: _Count | None = Field(100, description="To one number in all; null: as many as are asked for.")
    spend_cap_rupees: _Rupees | None = Field(None, description="Of a day, all trunks together; null: none.")
    tariffs: dict[str, _Rupees] = Field(
        default_factory=dict, description="Rupees of each started minute of talk by trunk, e.g. {exotel: 0.6}."
    )
    test_trunk_too: bool = Field(False, description="Hold calls on the test trunk to all rules as well.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.default_purpose not in self.purposes:
            known = ", ".join(sorted(self.purposes)) or "none"
            raise ValueError(f"default_purpose: expected one of the purposes ({known}), got {self.default_purpose!r}")
        return self


def minutes_of(hours: str) -> tuple[int, int]:
    """`09:00-21:00` as minutes after midnight."""
    opens, closes = (int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d\d):(\d\d)", hours))
    return opens, closes
