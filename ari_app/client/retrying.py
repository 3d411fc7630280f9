"""When a request is sent again, and after how long. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that another try may mend."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """`times` further tries; waits grow from `first_s` by doubling up to `most_s`, and are spread by full jitter."""

    times: int = 5
    first_s: float = 0.2
    most_s: float = 10.0

    def wait_s(self, tries: int, spread: float, asked_s: float | None = None) -> float | None:
        """Until the next try after `tries` (1 the first); None: give up.

        `spread`: a random number from 0 to 1. `asked_s`: what Retry-After asked for: at least that, up to a minute.
        """
        if tries > self.times:
            return None
        wait = spread * min(self.most_s, self.first_s * 2.0 ** (tries - 1))
        return wait if asked_s is None else min(60.0, asked_s) + wait


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header (RFC 9110, 10.2.3); a date is passed over."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None
