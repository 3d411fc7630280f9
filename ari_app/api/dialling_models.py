"""What the API takes and gives of dialling: the switch, the do-not-call list, the spending."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ari_app.store.policy import Stop
from ivr_flows.routes import to_e164

MOST_NUMBERS = 5000
"""Of one import."""
_LONGEST = 128


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SetDialling(_Asked):
    """The switch of all outbound calls, on all nodes."""

    on: bool = Field(strict=True)
    reason: str = Field("", max_length=500, description="Shown to whoever asks why nothing is dialled.")
    stop: Stop = Field(
        Stop.NOTHING,
        description="Switching off, which live outbound calls end: none, those that ring, or those that talk as well.",
    )


class DiallingView(BaseModel):
    """How the switch stands, and who set it so."""

    on: bool
    reason: str
    by: str
    at: datetime | None = Field(description="Null: nobody ever has.")
    ended: list[str] = Field(default_factory=list, description="Calls whose end was asked for by this request.")


class BarNumbers(_Asked):
    """Numbers that are not to be dialled."""

    numbers: list[str] = Field(
        min_length=1, max_length=MOST_NUMBERS, description="E.164; Indian numbers in any usual form."
    )
    reason: str = Field("", max_length=500)

    @field_validator("numbers")
    @classmethod
    def _whole(cls, numbers: list[str]) -> list[str]:
        return [number_of(text) for text in numbers]


class NumbersBarred(BaseModel):
    """What an import did."""

    added: int
    known: int = Field(description="That were on the list already: their first entry stands.")


class BarredQuery(_Asked):
    """Which numbers of the list."""

    number: str = Field("", max_length=_LONGEST, description="This one alone.")
    limit: int = Field(100, ge=1, le=1000)
    page: str | None = Field(None, max_length=1024, description="`next` of the page before.")


class BarredView(BaseModel):
    """A number that is not dialled."""

    number: str
    source: str = Field(description="operator, import, or caller: who said so on `call_id`.")
    reason: str
    call_id: str | None
    at: datetime


class BarredPage(BaseModel):
    """The list in the order of its numbers."""

    numbers: list[BarredView]
    next: str | None


class SpendingQuery(_Asked):
    """Which days, both included, by the policy's time zone."""

    since: date
    until: date


class SpentView(BaseModel):
    """What a day's calls on a trunk cost, by the tariffs of the settings."""

    day: str
    trunk: str
    paise: int


class Spending(BaseModel):
    """Days on which something was spent, the latest first."""

    days: list[SpentView]
    paise: int = Field(description="All of them together.")


def number_of(text: str) -> str:
    """A number in E.164, or an extension of the test trunk. Raises `ValueError`."""
    number = to_e164(text.strip())
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or not 2 <= len(digits) <= 15:
        raise ValueError(f"expected a telephone number such as +919812345678, got {text[:40]!r}")
    return number
