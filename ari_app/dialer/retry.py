"""What an attempt to deliver a result means, and when the next one is due: pure.

Rules (Standard Webhooks 1.0 and its operators): only 2xx is success; redirects are not followed; 410 asks for no more;
`Retry-After` is heeded; otherwise the waits grow, with jitter, to an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ari_app.store.records import CallbackStatus

_LONGEST_S = 24 * 3600.0
"""A receiver can't put us off for longer."""
_JITTER = 0.2
"""Waits are spread by up to this share, both ways."""
_OVERDUE_SPREAD_S = 30.0
"""What fell due while nobody was there is spread over up to this long, and over no more than its own wait."""
_TRY_LATER = 429


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. `http_status` 0: nothing, and `error` says why."""

    http_status: int
    error: str = ""
    retry_after_s: float | None = None

    @property
    def trouble(self) -> bool:
        """Whether it speaks against the receiver as a whole, not against this message."""
        return self.http_status == 0 or self.http_status >= 500 or self.http_status == _TRY_LATER


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the callback stands, and the wait before the next attempt (None: there is none)."""

    status: CallbackStatus
    wait_s: float | None = None


def judge(answer: Answer, *, made: int, waits_s: Sequence[float], spread: float) -> Verdict:
    """Judge attempt number `made` (1 the first). `spread`, 0 to 1, is the jitter's random part."""
    if 200 <= answer.http_status < 300:
        return Verdict(CallbackStatus.DELIVERED)
    if answer.http_status == 410:
        return Verdict(CallbackStatus.GONE)
    if made > len(waits_s):
        return Verdict(CallbackStatus.DEAD)
    wait_s = waits_s[made - 1] * (1 + _JITTER * (2 * spread - 1))
    return Verdict(CallbackStatus.PENDING, min(max(wait_s, answer.retry_after_s or 0.0), _LONGEST_S))


def left_over(last_at: datetime, next_at: datetime, now: datetime, *, spread: float) -> float:
    """Seconds until an attempt is due that another life of the node put off at `last_at`; `spread`, 0 to 1, is random.

    Never longer than it was put off for: a clock that was set back since then would have it wait for ever.
    """
    nominal_s = max(0.0, (next_at - last_at).total_seconds())
    left_s = (next_at - now).total_seconds()
    return min(left_s, nominal_s) if left_s > 0 else spread * min(nominal_s, _OVERDUE_SPREAD_S)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for (RFC 9110, section 10.2.3: a number or a date); None when unreadable."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
