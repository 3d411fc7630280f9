"""Whether, and when, a call that reached nobody is tried again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ari_app.store.terms import Cause, Retries

JITTER = 0.1
"""Waits are spread by up to this share, both ways, so that calls that failed together don't come back together."""


def next_attempt(
    retries: Retries,
    past: Sequence[Cause],
    *,
    first_at: datetime,
    now: datetime,
    latest_at: datetime | None,
    spread: float,
) -> datetime | None:
    """When to try again; None: not any more. `past`: why each attempt failed, the last one last; `spread`: 0 to 1."""
    cause = past[-1]
    rule, times = retries.rule(cause), past.count(cause)
    if rule is None or times > rule.times or len(past) >= max(1, retries.most):
        return None
    wait_s = rule.wait_s[min(times, len(rule.wait_s)) - 1] * (1 + JITTER * (2 * spread - 1))
    at = now + timedelta(seconds=wait_s)
    last = first_at + timedelta(seconds=retries.window_s)
    return None if at > (min(last, latest_at) if latest_at else last) else at
