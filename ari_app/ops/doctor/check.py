"""One finding of the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and what to do when it is not "ok"."""

    name: str
    status: Status
    found: str
    do: str = ""


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, "ok", found)


def warn(name: str, found: str, do: str) -> Check:
    """Mercury runs, but something is not as it should be."""
    return Check(name, "warn", found, do)


def fail(name: str, found: str, do: str) -> Check:
    """Mercury, or this part of it, can't work."""
    return Check(name, "fail", found, do)
